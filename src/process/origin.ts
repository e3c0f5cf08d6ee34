import { eq, isNull } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { settings } from '../platform/db/schema/instance.ts'

export type Origin = { origin: string; handleHost: string }

/** The public URL was changed although accounts exist. The message is one line that explains it. */
export class OriginError extends Error {}

/** The public URL and the host of handles that the instance was last started with, or null on its first start. */
export async function storedOrigin(tx: Pick<Tx, 'select'>): Promise<Origin | null> {
  const value = async (name: string) =>
    (await tx.select({ value: settings.value }).from(settings).where(eq(settings.name, name)))[0]?.value
  const [origin, handleHost] = [await value('origin'), await value('handle_host')]
  return typeof origin === 'string' && typeof handleHost === 'string' ? { origin, handleHost } : null
}

/**
 * Stores the public URL and the host of handles. They are part of the ids of all accounts and posts, and of other servers'
 * copies, so they may change only while there are no accounts.
 *
 * @throws OriginError when they change and there are accounts
 */
export async function saveOrigin(tx: Tx, wanted: Origin): Promise<void> {
  const stored = await storedOrigin(tx)
  if (stored?.origin === wanted.origin && stored.handleHost === wanted.handleHost) return
  const [account] = await tx.select({ id: accounts.id }).from(accounts).where(isNull(accounts.domain)).limit(1)
  if (stored && account) {
    const [name, then, now] =
      stored.origin === wanted.origin
        ? ['HANDLE_HOST', stored.handleHost, wanted.handleHost]
        : ['ORIGIN', stored.origin, wanted.origin]
    throw new OriginError(
      `${name} is ${now}, but the accounts here were made with ${then}, which other servers know them by; set ${name}=${then}, or start with an empty database`,
    )
  }
  for (const [name, value] of [
    ['origin', wanted.origin],
    ['handle_host', wanted.handleHost],
  ] as const) {
    await tx.insert(settings).values({ name, value }).onConflictDoUpdate({ target: settings.name, set: { value } })
  }
}
