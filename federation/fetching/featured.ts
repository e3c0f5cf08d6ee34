/** The `featured` job: reads the pinned posts, featured hashtags and collections of a remote account. Not every server announces changes. */
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { receiveFeaturedTags } from '#src/reading/tags/feature.ts'
import { receivePins } from '#src/statuses/interactions/pin.ts'
import { asList, idOf, isObject, isSameOrigin, typesOf } from '../documents/json.ts'
import { isNote, parseNote } from '../parse/note.ts'
import { hashtagOf } from '../parse/tags.ts'
import { readCollections } from './collections.ts'
import { type Budget, fetchDocument, forgetDocument, newBudget } from './fetch-document.ts'
import { isFinalError } from './final-error.ts'
import { findStatus, storeNote } from './lookup.ts'

const log = getLogger('federation')
const maxItems = 10
const timeoutMs = 20_000

export async function fetchFeatured(app: App, { accountId }: Jobs['featured']): Promise<void> {
  const [account] = await loadAccountViews(app.db, [accountId])
  if (!account || account.isLocal || account.suspendedAt) return
  using _host = acquireHost(app, 'fetch', account.uri)
  for (const [url, read, maxFetches] of [
    [account.featuredUrl, readPosts, 20],
    [account.featuredTagsUrl, readTags, 20],
    // Verifying the items of the collections takes further requests.
    [account.featuredCollectionsUrl, readCollections, 40],
  ] as const) {
    if (url === null || !isSameOrigin(url, account.uri)) continue
    try {
      await read(app, account, url, newBudget(maxFetches, timeoutMs, { isPatient: true }))
    } catch (error) {
      // The job runs again with the next read of the profile.
      if (!(error instanceof HttpError || error instanceof Refusal)) throw error
      log.debug('{url} of {account} can’t be read: {reason}', { url, account: account.uri, reason: error.message })
    }
  }
}

async function readPosts(app: App, { id: accountId, uri }: AccountView, url: string, budget: Budget): Promise<void> {
  const found: StatusId[] = []
  for (const item of (await itemsOf(app, url, budget)).slice(0, maxItems)) {
    const id = await statusOf(app, item, uri, budget)
    if (id) found.push(id)
  }
  await app.db.transaction((tx) => receivePins(tx, accountId, found))
}

async function readTags(app: App, { id: accountId }: AccountView, url: string, budget: Budget): Promise<void> {
  const found = (await itemsOf(app, url, budget)).slice(0, maxItems).flatMap((item) => hashtagOf(item) ?? [])
  await app.db.transaction((tx) => receiveFeaturedTags(tx, accountId, found))
}

async function itemsOf(app: App, url: string, budget: Budget): Promise<unknown[]> {
  forgetDocument(app, url)
  const { json } = await fetchDocument(app, url, budget)
  const inside = asList(json['orderedItems'] ?? json['items'])
  const first = json['first']
  if (inside.length > 0 || first === undefined) return inside
  const page = isObject(first) ? first : (await fetchDocument(app, idOf(first) ?? '', budget)).json
  return asList(page['orderedItems'] ?? page['items'])
}

/** Some servers list the posts themselves, some their ids, and some the Creates of them. */
async function statusOf(app: App, item: unknown, author: string, budget: Budget): Promise<StatusId | null> {
  const create = isObject(item) && typesOf(item).includes('Create') ? item : {}
  const object = create['object'] ?? item
  const uri = idOf(object)
  if (uri === null || !isSameOrigin(uri, author)) return null
  const note = isObject(object) && isNote(object) ? parseNote(object, create) : null
  try {
    return note?.authors.includes(author)
      ? await storeNote(app, { ...note, authors: [author] }, budget)
      : await findStatus(app, uri, budget)
  } catch (error) {
    // A post that is gone doesn't keep the others from being pinned.
    if (isFinalError(error)) return null
    throw error
  }
}
