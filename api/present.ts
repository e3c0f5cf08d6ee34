/** Loads ids as views and turns them into entities. */
import { loadAccountMap, loadAccountViews, loadWaitingAccounts } from '#src/accounts/views.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, StatusId, TagId } from '#src/platform/ids.ts'
import { loadTagDetails } from '#src/reading/tags/views.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { type FilterContext, withoutHidden } from '#src/statuses/views/filters.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { type Account, toAccount } from './entities/account.ts'
import { toRelationship } from './entities/relationship.ts'
import { type Status, toStatus } from './entities/status.ts'
import { toTag } from './entities/tag.ts'

/** @param context the context whose hiding filters of the viewer apply; undefined to hide nothing */
export async function presentStatuses(
  app: App,
  viewer: AccountId | null,
  ids: StatusId[],
  context?: FilterContext,
): Promise<Status[]> {
  const views = await loadStatusViews(app.db, viewer, ids)
  return (context ? withoutHidden(views, context) : views).map((view) => toStatus(view, app.uris, viewer))
}

/** @throws Refusal `not_found` when the viewer may not see it */
export async function presentStatus(app: App, viewer: AccountId | null, id: StatusId): Promise<Status> {
  const [status] = await presentStatuses(app, viewer, [id])
  if (!status) throw notFound()
  return status
}

/** Hashtags by id. */
export async function presentTags(app: App, viewer: AccountId | null, ids: TagId[]) {
  const tags = await loadTagDetails(app.db, viewer, ids)
  return tags.map((tag) => toTag(tag, app.uris, viewer))
}

/** Accounts by id, without deleted ones. */
export async function presentAccounts(app: App, ids: AccountId[]): Promise<Account[]> {
  const views = await loadAccountViews(app.db, ids)
  return views.filter((view) => !view.deletedAt).map((view) => toAccount(view, app.uris))
}

/** The accounts behind a person's notifications by id. Moderators have notifications of people who wait for approval. */
export async function presentNotifiers(app: App, ids: AccountId[]): Promise<Account[]> {
  const [known, waiting] = await Promise.all([loadAccountMap(app.db, ids), loadWaitingAccounts(app.db, ids)])
  const views = ids.flatMap((id) => known.get(id) ?? waiting.get(id) ?? [])
  return views.filter((view) => !view.deletedAt).map((view) => toAccount(view, app.uris))
}

/** @throws Refusal `not_found` */
export async function presentAccount(app: App, id: AccountId): Promise<Account> {
  const [account] = await presentAccounts(app, [id])
  if (!account) throw notFound()
  return account
}

/** @throws Refusal `not_found` */
export async function presentRelationship(app: App, viewer: AccountId, id: AccountId) {
  const [view] = await loadRelationships(app.db, viewer, [id])
  if (!view) throw notFound()
  return toRelationship(view)
}
