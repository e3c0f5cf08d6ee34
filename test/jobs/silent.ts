import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A server that accepts connections and never answers, until it is told to forward them to another port. */
export async function silent(): Promise<
  AsyncDisposable & { host: string; connections(): number; become(port: number): void }
> {
  const sockets = new Set<Socket>()
  let connections = 0
  let port: number | null = null
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (port === null) socket.resume()
    else socket.pipe(connect(port, '127.0.0.1').on('error', () => socket.destroy())).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    become(next) {
      port = next
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
