/** What every side is told of an HTTP request besides the request itself; in Hono, `c.env`. */
export type RequestEnv = {
  /** Whom limits count: the client's address, forged headers left aside. */
  clientAddress: string
  /** Stands on each line that is logged for the request, and in the answer's `X-Request-Id`. */
  requestId: string
}
