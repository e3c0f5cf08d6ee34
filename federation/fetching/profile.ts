/** The `profile` job: fetches a remote account's profile again, and its counts of posts, followers and follows. */
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { missAccount, receiveCounts, receiveHiding } from '#src/incoming/refresh-accounts.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { asList, idOf, type JsonObject, totalOf, typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument, newBudget, StatusError } from './fetch-document.ts'
import { storeActor } from './lookup.ts'

const log = getLogger('federation')
const maxFetches = 12
const timeoutMs = 20_000

export async function refreshProfile(app: App, { accountId }: Jobs['profile']): Promise<void> {
  const before = await loadRemote(app, accountId)
  if (!before) return
  using _host = acquireHost(app, 'fetch', before.uri)
  const budget = newBudget(maxFetches, timeoutMs, { isPatient: true })
  try {
    forgetDocument(app, before.uri)
    const { json } = await fetchDocument(app, before.uri, budget)
    if (idOf(json['id']) === before.uri && typesOf(json).includes('Tombstone'))
      return await app.db.transaction((tx) => deleteAccount(tx, accountId))
    await storeActor(app, json, budget)
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    log.debug('{account} can’t be read again: {reason}', { account: before.uri, reason: error.message })
    if (!(error instanceof StatusError && error.isOf(before.uri))) return
    if (error.status === 410) await app.db.transaction((tx) => deleteAccount(tx, accountId))
    if (error.status === 404) await app.db.transaction((tx) => missAccount(tx, accountId))
    return
  }
  const account = await loadRemote(app, accountId)
  if (account) await readCounts(app, account, budget)
}

async function loadRemote(app: App, accountId: Jobs['profile']['accountId']): Promise<AccountView | null> {
  const [account] = await loadAccountViews(app.db, [accountId])
  return account && !account.isLocal && !account.suspendedAt && !account.deletedAt ? account : null
}

async function readCounts(app: App, account: AccountView, budget: Budget): Promise<void> {
  const [outbox, followers, following] = [
    await collectionOf(app, account.outboxUrl, budget),
    await collectionOf(app, account.followersUrl, budget),
    await collectionOf(app, account.followingUrl, budget),
  ]
  await app.db.transaction(async (tx) => {
    await receiveCounts(tx, account.id, {
      statuses: totalOf(outbox),
      followers: totalOf(followers),
      following: totalOf(following),
    })
    const lists = [followers, following].filter((list) => list !== null)
    if (lists.length > 0) await receiveHiding(tx, account.id, lists.some(isHidden))
  })
}

/** Null where it can't be fetched: a server may refuse it. */
async function collectionOf(app: App, url: string | null, budget: Budget): Promise<JsonObject | null> {
  if (url === null) return null
  try {
    return (await fetchDocument(app, url, budget)).json
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return null
  }
}

/** A hidden list still has a total. */
const isHidden = (list: JsonObject): boolean =>
  (totalOf(list) ?? 0) > 0 && list['first'] === undefined && asList(list['orderedItems'] ?? list['items']).length === 0
