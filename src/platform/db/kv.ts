/** Expiring values by key, for caches that all processes share. The table is unlogged: a crash of PostgreSQL empties it. */
import { eq, sql } from 'drizzle-orm'
import type { Db, Reader, Tx } from './index.ts'
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

export async function removeValue(db: Db, key: string): Promise<void> {
  await db.delete(kv).where(eq(kv.key, key))
}

/**
 * Replaces a value only if it is still the one that the caller expects.
 *
 * @param expected undefined for "none"
 * @param next undefined to remove the value
 * @returns whether the value was replaced
 */
export async function swapValue(
  db: Db,
  key: string,
  expected: unknown,
  next: unknown,
  ttlMs: number | null,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Also where there is no row that could be locked.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`kv ${key}`}, 0))`)
    const [row] = await tx
      .select({ same: sql<boolean>`${kv.value} = ${jsonb(expected ?? null)}` })
      .from(kv)
      .where(sql`${eq(kv.key, key)} and ${alive}`)
    const isAsExpected = expected === undefined ? row === undefined : row?.same === true
    if (!isAsExpected) return false
    await tx.delete(kv).where(eq(kv.key, key))
    if (next !== undefined) await tx.insert(kv).values({ key, value: jsonb(next), expiresAt: expiry(ttlMs) })
    return true
  })
}

/** Values whose keys start with a prefix, in the order of their keys; at most `limit`. */
export async function listValues(db: Db, prefix: string, limit: number): Promise<{ key: string; value: unknown }[]> {
  return db
    .select({ key: kv.key, value: kv.value })
    .from(kv)
    .where(sql`starts_with(${kv.key}, ${prefix}) and ${kv.key} >= ${prefix} and ${alive}`)
    .orderBy(kv.key)
    .limit(limit)
}
