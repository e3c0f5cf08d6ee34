/** The browser or app behind a request, as the security log and limits see it. */
export type Client = {
  /** Its address; empty if the server does not pass it. */
  address: string
  userAgent: string
  /** The token of the cookie that marks browsers in which somebody was logged in before. */
  device: string | null
}
