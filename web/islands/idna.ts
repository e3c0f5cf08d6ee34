/** Replaces `node:url` in scripts: the A-label form of a host, empty for an invalid host. */
export function domainToASCII(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? ''
}
