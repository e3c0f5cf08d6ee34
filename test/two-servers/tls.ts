/** https in front of an instance, with a certificate of its own: handles are looked up over https only. */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { generate } from 'selfsigned'

export type Certificate = { key: string; cert: string; file: string }

/** How the proxy treats requests: `gone` answers 410 to everything, `hangs` takes requests and never answers, `refuses` takes none. */
type Mood = 'well' | 'gone' | 'hangs' | 'refuses'

export type Front = AsyncDisposable & {
  port: number
  /** From now on; connections that are open break. */
  becomes(mood: Mood): Promise<void>
}

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

const goneAnswer = 'HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'

/** Listens with TLS and passes everything on to a port. */
export async function tlsFront({ key, cert }: Certificate, inside: number): Promise<Front> {
  const open = new Set<Socket>()
  let mood: Mood = 'well'
  const server = createServer({ key, cert }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy())
    if (mood === 'hangs') return void socket.resume()
    if (mood === 'gone') return void socket.once('data', () => socket.end(goneAnswer))
    const inner = connect(inside, '127.0.0.1')
    socket.pipe(inner).pipe(socket)
    socket.on('close', () => inner.destroy())
    inner.on('error', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  return {
    port,
    async becomes(next) {
      const wasClosed = mood === 'refuses'
      mood = next
      for (const socket of open) socket.destroy()
      if (next === 'refuses') server.close()
      else if (wasClosed) await once(server.listen(port, '127.0.0.1'), 'listening')
    },
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}
