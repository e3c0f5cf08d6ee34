/** Requests for WebSockets: they are answered like all others, and then, if the answer is a yes, upgraded. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'
import type { ConnectionEnv, SocketTaker } from '#src/platform/http/request-env.ts'

/** @param peer the address of the other end of the connection */
export type UpgradeHandler = (request: Request, peer: string, connection?: ConnectionEnv) => Promise<Response>

/** Apps send short commands; whoever sends more is cut off. */
const maxPayloadBytes = 16_384

/** Whether a request is one for a WebSocket. Other upgrades are not offered, and such requests answered as if they had not asked. */
export const wantsWebSocket = (request: IncomingMessage): boolean =>
  request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket'

/** Has a server answer requests for WebSockets. */
export function takeUpgrades(server: Server, handle: UpgradeHandler): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
    // Browsers give up a connection on which what they offered isn't taken; the first is the token.
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
    upgrade: (given) => (taker = given),
    hangUp: () => void socket.destroy(),
  }).catch(() => new Response(null, { status: 500 }))
  const { opened, failed } = (taker as SocketTaker | null) ?? {}
  if (!opened || !response.ok || socket.destroyed) {
    // Whoever went away while it was answered was not known as a taker then.
    failed?.()
    return refuse(socket, response)
  }
  sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
    isOpen = true
    opened(webSocket)
  })
}

/** Null where its address is none, or has a user's name in it, which no `Request` can have. */
function requestOf(incoming: IncomingMessage): Request | null {
  const url = URL.parse(incoming.url ?? '', `http://${incoming.headers.host ?? 'localhost'}`)
  if (!url || url.username || url.password) return null
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  return new Request(url, { headers })
}

/** Sends the answer as it comes, which may take for ever where it is a stream, until the other end goes. */
async function refuse(socket: Duplex, response: Response): Promise<void> {
  // Nobody else reads what comes, and unread, the end of it would not be seen.
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
