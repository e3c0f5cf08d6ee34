/** The `backfill` job: reads the newest public and unlisted posts in the outbox of a remote account. */
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { claimBackfill, postponeBackfill, receiveCounts } from '#src/incoming/refresh-accounts.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, dateOf, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { parseCollection } from '../parse/collection.ts'
import { isNote, isWhole, parseNote } from '../parse/note.ts'
import { type Budget, fetchDocument, isSpent, newBudget } from './fetch-document.ts'
import { findStatus, storeNote } from './lookup.ts'

const log = getLogger('federation')
const maxFetches = 60
const timeoutMs = 40_000
const maxPages = 2
const maxItems = 20
/** Boosts among them: a boosted post takes requests of its own. */
const maxBoosts = 5
/** Of a reply's thread, only the nearest parents are fetched. */
const source = { depth: 25, fetchesLeft: 5 }
/** Of a boosted reply's thread, only the direct parent. */
const boostedDepth = 29

export async function backfill(app: App, { accountId }: Jobs['backfill']): Promise<void> {
  const [account] = await loadAccountViews(app.db, [accountId])
  if (!account?.outboxUrl || account.isLocal || account.suspendedAt) return
  using _host = acquireHost(app, 'fetch', account.outboxUrl)
  if (!(await claimBackfill(app.db, accountId))) return
  const budget = newBudget(maxFetches, timeoutMs, { isPatient: true })
  try {
    let boosts = 0
    const items = (await newest(app, account, account.outboxUrl, budget)).filter(
      ({ value }) => !isBoost(value) || boosts++ < maxBoosts,
    )
    // The oldest first, as parents come before replies.
    for (const item of items.toReversed()) {
      if (isSpent(budget)) break
      await storeItem(app, account, item, budget)
    }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    log.debug('The posts of {account} can’t be fetched: {reason}', { account: account.uri, reason: error.message })
    if (!error.isPermanent) await postponeBackfill(app.db, accountId)
  }
}

const isBoost = (value: unknown): value is JsonObject => isObject(value) && typesOf(value).includes('Announce')

/** An item at the top of the outbox, with the URL of its page. */
type Item = { value: unknown; from: string }

async function newest(app: App, account: AccountView, outboxUrl: string, budget: Budget): Promise<Item[]> {
  const { json, url } = await fetchDocument(app, outboxUrl, budget)
  let page = parseCollection(json, url)
  let from = url
  if (page.total !== null)
    await app.db.transaction((tx) =>
      receiveCounts(tx, account.id, { statuses: page.total, followers: null, following: null }),
    )
  const items: Item[] = page.items.map((value) => ({ value, from }))
  for (let pages = 0; pages < maxPages && items.length < maxItems && page.next !== null; pages++) {
    const next = await fetchDocument(app, page.next, budget)
    from = next.url
    page = parseCollection(next.json, from)
    items.push(...page.items.map((value) => ({ value, from })))
  }
  return items.slice(0, maxItems)
}

/** Stores an item. One that is gone or malformed doesn't keep the others from being stored. */
async function storeItem(app: App, account: AccountView, item: Item, budget: Budget): Promise<void> {
  try {
    const document = isObject(item.value)
      ? { json: item.value, from: item.from }
      : await fetchNamed(app, account, item.value, budget)
    if (!document) return
    const { json, from } = document
    if (isNote(json)) return await storePost(app, account, json, from, budget)
    const actor = idOf(json['actor'])
    if (actor !== null && actor !== account.uri) return
    if (typesOf(json).includes('Create')) await storePost(app, account, json['object'], from, budget)
    if (isBoost(json)) await storeBoost(app, account, json, budget)
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    log.debug('{item} in the outbox of {account} can’t be fetched: {reason}', {
      item: idOf(item.value),
      account: account.uri,
      reason: error.message,
    })
  }
}

async function fetchNamed(
  app: App,
  account: AccountView,
  value: unknown,
  budget: Budget,
): Promise<{ json: JsonObject; from: string } | null> {
  const id = idOf(value)
  if (id === null || !isSameOrigin(id, account.uri)) return null
  const { json, url } = await fetchDocument(app, id, budget)
  return { json, from: url }
}

async function storePost(app: App, account: AccountView, object: unknown, from: string, budget: Budget): Promise<void> {
  const uri = idOf(object)
  if (uri === null || !isSameOrigin(uri, account.uri)) return
  // A post on a page of its own server is as good as a fetched one.
  const inside = isObject(object) && isWhole(object) && isSameOrigin(uri, from) ? object : null
  const json = inside ?? (await fetchDocument(app, uri, budget)).json
  const note = isNote(json) ? parseNote(json, inside ? { actor: account.uri } : {}) : null
  if (note?.uri !== uri || !note.authors.includes(account.uri) || !isOpen(visibilityOf(note, account.followersUrl)))
    return
  await storeNote(app, note, budget, { ...source, author: account })
}

/** Skips boosts of local posts: they were delivered when they were made. */
async function storeBoost(app: App, account: AccountView, activity: JsonObject, budget: Budget): Promise<void> {
  const uri = idOf(activity['id'])
  const object = idOf(activity['object'])
  const publishedAt = dateOf(activity['published'])
  const visibility = visibilityOf(
    { to: addressesOf(activity['to']), cc: addressesOf(activity['cc']) },
    account.followersUrl,
  )
  if (
    uri === null ||
    object === null ||
    publishedAt === null ||
    !isSameOrigin(uri, account.uri) ||
    app.uris.isOwn(object)
  )
    return
  if (visibility !== 'public' && visibility !== 'unlisted') return
  const statusId = await findStatus(app, object, budget, boostedDepth)
  if (statusId)
    await app.db.transaction((tx) => reblog(tx, app.uris, account.id, statusId, { uri, visibility, publishedAt }))
}
