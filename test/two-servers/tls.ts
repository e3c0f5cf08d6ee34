/** https in front of an instance, with a certificate of our own: handles are looked up over https only. */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { generate } from 'selfsigned'

export type Certificate = { key: string; cert: string; file: string }

/** A certificate for `localhost`, in a file that NODE_EXTRA_CA_CERTS may name. */
export async function certificate(folder: string): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const file = join(folder, 'ca.pem')
  await writeFile(file, cert)
  return { key, cert, file }
}

/** Listens with TLS and passes everything on to a port. */
export async function tlsFront({ key, cert }: Certificate, port: number): Promise<AsyncDisposable & { port: number }> {
  const server = createServer({ key, cert }, (socket) => {
    const inner = connect(port, '127.0.0.1')
    socket.pipe(inner).pipe(socket)
    for (const end of [socket, inner]) end.on('error', () => (socket.destroy(), inner.destroy()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}
