import type { Client } from '#src/accounts/security/client.ts'

/** A browser at an address, without an earlier log-in. */
export const clientAt = (address = '192.0.2.1', device: string | null = null): Client => ({
  address,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  device,
})
