/** The `synchronise-followers` job: asks the server of an account elsewhere whom of us it takes for followers. */
import { loadAccountViews } from '#src/accounts/views.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { takeHost } from '#src/platform/queue/hosts.ts'
import { digestOfFollowers } from '#src/relationships/followers-digest.ts'
import { synchroniseFollowers } from '#src/relationships/synchronise.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument, newBudget } from './documents.ts'

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
  using _host = takeHost(app, 'fetch', url)
  const since = new Date()
  try {
    const listed = await listOf(app, url, newBudget(maxPages + 1, 20_000, { isPatient: true }))
    // Only what came with a delivery of its actor counts; it may have changed since, and will be compared again then.
    if (!listed || digestOfFollowers(listed) !== digest)
      return log.debug('The followers that {account} lists are not those of its digest', { account: account.uri })
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
    // It says so again with its next post.
    if (!(error instanceof HttpError)) throw error
    log.debug('The followers of {account} can’t be had: {reason}', { account: account.uri, reason: error.message })
  }
}

/** What a collection lists, in one piece or in pages; null when that is too much. */
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
