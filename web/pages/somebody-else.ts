import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import type { C } from '../env.ts'
import { viewerOf } from '../guards.tsx'

/**
 * The account with an id of a form or path, which is not the viewer's own.
 *
 * @throws Refusal `not_found` for no account, a deleted one, and the viewer's own
 */
export async function somebodyElse(c: C, id: string): Promise<AccountView> {
  const [account] = isId(id) ? await loadAccountViews(c.var.app.db, [id as AccountId]) : []
  if (!account || account.deletedAt || account.id === viewerOf(c).accountId) throw notFound()
  return account
}
