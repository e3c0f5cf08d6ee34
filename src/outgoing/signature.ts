/** Which kind of signature a host takes: learned when it refuses the other, from what is sent to it and what is fetched from it. */
import { sql } from 'drizzle-orm'
import type { Db, Reader } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'

/** `cavage-path`: as the draft has it, but of a path without its query, which older servers leave out when they check. */
export type SignatureKind = 'cavage' | 'cavage-path' | 'rfc9421'

const find = statement<{ host: string }, { signature: SignatureKind }>(
  'signature_of_host',
  ({ host }) => sql`select signature from hosts where host = ${host}`,
)

export async function signatureOf(db: Reader, host: string): Promise<SignatureKind> {
  const [found] = await find(db, { host })
  return found?.signature ?? 'cavage'
}

export async function rememberSignature(db: Db, host: string, signature: SignatureKind): Promise<void> {
  await db.execute(
    sql`insert into hosts (host, signature) values (${host}, ${signature}) on conflict (host) do update set signature = excluded.signature`,
  )
}
