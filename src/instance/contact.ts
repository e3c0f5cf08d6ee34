import { asc, eq } from 'drizzle-orm'
import { type AccountView, loadAccountViews } from '../accounts/views.ts'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import type { Reader } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'

/** The contact account of the instance, cached until its profile changes: its counts may be a minute old. */
export const loadContact = cachedUntilChanged('profiles', async (db): Promise<AccountView | null> => {
  const owner = await ownerOf(db)
  const [contact = null] = owner ? await loadAccountViews(db, [owner]) : []
  return contact
})

/** The first owner of the instance; null before there is one. */
async function ownerOf(db: Reader): Promise<AccountId | null> {
  const [owner] = await db
    .select({ id: users.accountId })
    .from(users)
    .where(eq(users.role, 'owner'))
    .orderBy(asc(users.createdAt))
    .limit(1)
  return owner?.id ?? null
}
