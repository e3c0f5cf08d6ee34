import type { Page } from '#src/platform/db/page.ts'
import type { AccountId, Id } from '#src/platform/ids.ts'
import type { Account } from '../entities/account.ts'
import type { ApiContext } from '../env.ts'
import { presentAccounts } from '../present.ts'
import { linkPage } from './paging.ts'

/** A page of accounts, with its `Link`. The cursor is the id of the relationship, such as the follow. */
export async function presentRelated(
  c: ApiContext,
  page: Page,
  found: { id: Id<string>; accountId: AccountId }[],
): Promise<Account[]> {
  linkPage(
    c,
    page,
    found.map(({ id }) => id),
    'since_id',
  )
  return presentAccounts(
    c.var.app,
    found.map(({ accountId }) => accountId),
  )
}
