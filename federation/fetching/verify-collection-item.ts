import { accountByUri } from '#src/accounts/find.ts'
import type { ClaimedItem } from '#src/outbox/events.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { claimItems, receiveItem, remoteCollection } from '#src/reading/collections/receive.ts'
import { idOf } from '../documents/json.ts'
import { parseFeaturedItem } from '../parse/featured-collection.ts'
import { isFeatureAuthorized } from './authorizations.ts'
import { type Budget, fetchDocument, forgetDocument, newBudget } from './fetch-document.ts'
import { findAccount } from './lookup.ts'

const log = getLogger('federation')

/**
 * The `collection-item` job: an account gets into a remote collection if its own server states that it agrees. The consent of a local
 * account is known here, so nothing is fetched for it.
 */
export async function verifyItem(app: App, { collectionId, item, position }: Jobs['collection-item']): Promise<void> {
  const collection = await remoteCollection(app.db, collectionId)
  if (!collection) return
  using _host = acquireHost(app, 'fetch', item.approvalUri ?? item.uri)
  const budget = newBudget(10, 20_000, { isPatient: true })
  try {
    const whole = await wholeItem(app, item, collection.uri, budget)
    if (!whole?.accountUri) return
    const { uri, accountUri, approvalUri } = whole
    if (app.uris.isOwn(accountUri)) {
      // Known by now, so this makes no further job.
      if (await accountByUri(app.db, accountUri))
        await app.db.transaction((tx) => claimItems(tx, collectionId, [{ item: whole, position }]))
      return
    }
    if (approvalUri === null) return
    const claim = { account: accountUri, collection: collection.uri }
    if (!(await isFeatureAuthorized(app, approvalUri, claim, budget))) return
    const accountId = await findAccount(app, accountUri, budget)
    if (accountId)
      await app.db.transaction((tx) => receiveItem(tx, collectionId, accountId, { uri, approvalUri, position }))
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    // The job is retried: the consent may still come from a server that is away.
    if (error instanceof HttpError && !error.isPermanent) throw error
    log.debug('The item {uri} is not shown: {reason}', { uri: item.uri, reason: error.message })
  }
}

/** The item itself, where the collection only named it. */
async function wholeItem(
  app: App,
  item: ClaimedItem,
  collectionUri: string,
  budget: Budget,
): Promise<ClaimedItem | null> {
  if (item.accountUri !== null) return item
  forgetDocument(app, item.uri)
  const { json } = await fetchDocument(app, item.uri, budget)
  return idOf(json['id']) === item.uri ? parseFeaturedItem(json, collectionUri) : null
}
