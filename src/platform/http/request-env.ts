import type { WebSocket } from 'ws'

/** The facts about an HTTP request besides the request itself; in Hono, `c.env`. */
export type RequestEnv = {
  /** The client's address, which limits count; forged headers are ignored. */
  clientAddress: string
  /** In each log line of the request, and in the answer's `X-Request-Id`. */
  requestId: string
} & ConnectionEnv

/** The actions on the connection of a request. */
export type ConnectionEnv = {
  /** Only for requests for a WebSocket: takes the connection over, after an answer that is not an error. */
  upgrade?: (taker: SocketTaker) => void
  /** Breaks the connection off and drops unsent bytes. */
  hangUp?: () => void
}

/** Called when a WebSocket is open, or when the client gave up before. */
export type SocketTaker = { opened(socket: WebSocket): void; failed(): void }
