/** Stands in for `node:url` in scripts: the A-label form of a host, empty for what is none. */
export function domainToASCII(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? ''
}
