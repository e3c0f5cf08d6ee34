/** Expiring values by key, for caches that all processes share. The table is unlogged: a crash of PostgreSQL empties it. */
import { eq, sql } from 'drizzle-orm'
import type { Reader, Tx } from './index.ts'
import { kv } from './schema/federation.ts'

const alive = sql`(${kv.expiresAt} is null or ${kv.expiresAt} > now())`
const expiry = (ttlMs: number | null) => (ttlMs === null ? sql`null` : sql`now() + ${ttlMs} * interval '1 millisecond'`)
/** As text, since a JSON null would become NULL. */
const jsonb = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`

/** Undefined when there is no such value, or it has expired. */
export async function readValue(db: Reader, key: string): Promise<unknown> {
  const [row] = await db
    .select({ value: sql<string>`${kv.value}::text` })
    .from(kv)
    .where(sql`${eq(kv.key, key)} and ${alive}`)
  return row === undefined ? undefined : JSON.parse(row.value)
}

/** @param ttlMs how long the value stays; null for as long as the database does */
export async function writeValue(
  db: Pick<Tx, 'insert'>,
  key: string,
  value: unknown,
  ttlMs: number | null,
): Promise<void> {
  await db
    .insert(kv)
    .values({ key, value: jsonb(value), expiresAt: expiry(ttlMs) })
    .onConflictDoUpdate({ target: kv.key, set: { value: sql`excluded.value`, expiresAt: sql`excluded.expires_at` } })
}

export async function deleteValue(db: Pick<Tx, 'delete'>, key: string): Promise<void> {
  await db.delete(kv).where(eq(kv.key, key))
}
