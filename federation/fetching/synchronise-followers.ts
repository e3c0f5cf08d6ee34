/** The `synchronise-followers` job: reads which local accounts a remote account's server lists as followers, and corrects our list. */
import { loadAccountViews } from '#src/accounts/views.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { digestOfFollowers } from '#src/relationships/followers-digest.ts'
import { synchroniseFollowers } from '#src/relationships/synchronise.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument, newBudget } from './fetch-document.ts'

const log = getLogger('federation')
const maxPages = 10
/** Longer lists are not compared. */
const maxItems = 20_000

export async function compareWithServer(
  app: App,
  { accountId, url, digest }: Jobs['synchronise-followers'],
): Promise<void> {
  const [account] = await loadAccountViews(app.db, [accountId])
  if (!account || account.isLocal || account.suspendedAt || !isSameOrigin(url, account.uri)) return
  using _host = acquireHost(app, 'fetch', url)
  const since = new Date()
  try {
    const listed = await listOf(app, url, newBudget(maxPages + 1, 20_000, { isPatient: true }))
    // Only a list with the delivered digest counts. A list that changed since is compared with the next delivery.
    if (!listed || digestOfFollowers(listed) !== digest)
      return log.debug('The list of followers of {account} does not match its digest', { account: account.uri })
    const ids = [...listed].flatMap((uri): AccountId[] => {
      const own = app.uris.parse(uri)
      return own?.type === 'account' ? [own.id] : []
    })
    const changes = await app.db.transaction((tx) => synchroniseFollowers(tx, app.uris, accountId, ids, since))
    log.info('Followers of {account} were compared: {ended} ended, {accepted} accepted, {undone} undone', {
      account: account.uri,
      ...changes,
    })
  } catch (error) {
    // The next post brings the digest again.
    if (!(error instanceof HttpError)) throw error
    log.debug('The followers of {account} can’t be fetched: {reason}', { account: account.uri, reason: error.message })
  }
}

/** The URIs in a collection, in one piece or in pages; null for more than `maxItems` or `maxPages`. */
async function listOf(app: App, start: string, budget: Budget): Promise<Set<string> | null> {
  const listed = new Set<string>()
  let next: unknown = start
  for (let pages = 0; next !== undefined && next !== null; pages++) {
    if (pages > maxPages) return null
    const page: JsonObject = isObject(next) ? next : await pageAt(app, idOf(next), start, budget)
    for (const item of asList(page['orderedItems'] ?? page['items'])) {
      const uri = idOf(item)
      if (uri !== null) listed.add(uri)
    }
    if (listed.size > maxItems) return null
    next = page['first'] ?? page['next']
  }
  return listed
}

async function pageAt(app: App, url: string | null, start: string, budget: Budget): Promise<JsonObject> {
  if (url === null || !isSameOrigin(url, start)) throw new HttpError('A page on another server', { isPermanent: true })
  forgetDocument(app, url)
  return (await fetchDocument(app, url, budget)).json
}
