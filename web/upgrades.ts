/**
 * WebSocket upgrades: the request is handled like all others; if the answer is successful, the connection is
 * upgraded.
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'
import type { ConnectionEnv, SocketTaker } from '#src/platform/http/request-env.ts'

/** @param peer the address of the other end of the connection */
export type UpgradeHandler = (request: Request, peer: string, connection?: ConnectionEnv) => Promise<Response>

/** Apps send short commands; a longer message closes the connection. */
const maxPayloadBytes = 16_384

/** Whether a request is for a WebSocket. Other upgrades are ignored, and their requests answered as usual. */
export const wantsWebSocket = (request: IncomingMessage): boolean =>
  request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket'

/** Makes a server handle WebSocket upgrades. */
export function handleUpgrades(server: Server, handle: UpgradeHandler): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
    // Browsers close a connection if the server selects none of their protocols. The first one is the token.
    handleProtocols: ([first]) => first ?? false,
  })
  server.on(
    'upgrade',
    (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void answer(sockets, handle, incoming, socket, head),
  )
}

async function answer(
  sockets: WebSocketServer,
  handle: UpgradeHandler,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  let taker: SocketTaker | null = null
  let isOpen = false
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    if (!isOpen) taker?.failed()
  })
  const request = requestOf(incoming)
  if (!request) return refuse(socket, new Response(null, { status: 400 }))
  const response = await handle(request, incoming.socket.remoteAddress ?? '', {
    upgrade: (newTaker) => (taker = newTaker),
    hangUp: () => void socket.destroy(),
  }).catch(() => new Response(null, { status: 500 }))
  const { opened, failed } = (taker as SocketTaker | null) ?? {}
  if (!opened || !response.ok || socket.destroyed) {
    // The socket may have closed before `taker` was set, so `failed` was not called.
    failed?.()
    return refuse(socket, response)
  }
  sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
    isOpen = true
    opened(webSocket)
  })
}

/** Null if the URL is invalid, or contains a user name, which a `Request` can't have. */
function requestOf(incoming: IncomingMessage): Request | null {
  const url = URL.parse(incoming.url ?? '', `http://${incoming.headers.host ?? 'localhost'}`)
  if (!url || url.username || url.password) return null
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  return new Request(url, { headers })
}

/** Sends an answer without an upgrade. A stream may take for ever, until the client disconnects. */
async function refuse(socket: Duplex, response: Response): Promise<void> {
  // Incoming data must be read, or the end of the connection would not be noticed.
  socket.resume().once('end', () => socket.destroy())
  const headers = [...response.headers].filter(([name]) => name !== 'connection')
  const length = response.body || response.headers.has('Content-Length') ? [] : ['Content-Length: 0']
  socket.write(
    [
      `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`,
      ...headers.map((pair) => pair.join(': ')),
      ...length,
      'Connection: close',
      '',
      '',
    ].join('\r\n'),
  )
  const body = response.body
    ? Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
    : Readable.from([])
  await pipeline(body, socket).catch(() => {})
  socket.destroy()
}
