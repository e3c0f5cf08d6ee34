import type { WebSocket } from 'ws'

/** What every side is told of an HTTP request besides the request itself; in Hono, `c.env`. */
export type RequestEnv = {
  /** Whom limits count: the client's address, forged headers left aside. */
  clientAddress: string
  /** Stands on each line that is logged for the request, and in the answer's `X-Request-Id`. */
  requestId: string
} & ConnectionEnv

/** What can be done with the connection that a request came by. */
export type ConnectionEnv = {
  /** There where the request asks for a WebSocket: takes the connection over, once an answer that is not an error was made. */
  upgrade?: (taker: SocketTaker) => void
  /** Breaks the connection off, with all that was not sent yet. */
  hangUp?: () => void
}

/** Whoever wants a WebSocket is told that it is open, or that the client gave up before. */
export type SocketTaker = { opened(socket: WebSocket): void; failed(): void }
