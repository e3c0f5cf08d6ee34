/** The kind of signature that a host accepts: learned when it refuses the other kind, in deliveries and fetches. */
import { sql } from 'drizzle-orm'
import type { Db, Reader } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'

/** `cavage-path`: by the draft, but over the path without its query, which older servers leave out when they verify. */
export type SignatureKind = 'cavage' | 'cavage-path' | 'rfc9421'

const find = statement<{ host: string }, { signature: SignatureKind }>(
  'signature_of_host',
  ({ host }) => sql`select signature from hosts where host = ${host}`,
)

export async function signatureOf(db: Reader, host: string): Promise<SignatureKind> {
  const [found] = await find(db, { host })
  return found?.signature ?? 'cavage'
}

export async function storeSignatureKind(db: Db, host: string, signature: SignatureKind): Promise<void> {
  await db.execute(
    sql`insert into hosts (host, signature) values (${host}, ${signature}) on conflict (host) do update set signature = excluded.signature`,
  )
}
