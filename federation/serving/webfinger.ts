/**
 * WebFinger requests. Fedify makes the answers; each is kept until something in it changes, as most requests are for the
 * same few accounts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7033
 */
import { LRUCache } from 'lru-cache'
import { accountDocument, type AskedAccount } from '#src/outgoing/documents/accounts.ts'
import type { App } from '#src/platform/app.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { discoverByFedify } from './by-fedify.ts'
import { type Discovered, discoveredAccount, discoveredInstance, type Jrd, withRels } from './jrd.ts'
import { resourceOf } from './webfinger-resource.ts'

const maxResourceLength = 2_048
const maxRels = 20

/** Answers by everything of the account in them. 2 kB each. */
const answers = perDatabase(() => new LRUCache<string, Jrd>({ max: 1_000 }))

/** Answers a request for a resource, with the links of the given relations, or all of them. Never requires a signature. */
export async function webFinger(
  app: App,
  fingerprint: string,
  resource: string | undefined,
  rels: string[],
): Promise<Response> {
  const subject =
    resource === undefined || resource.length > maxResourceLength ? 'unreadable' : resourceOf(app.uris, resource)
  if (subject === 'unreadable') return text('Bad request', 400)
  if (subject === 'remote') return text('Not found', 404)
  const account = subject === 'instance' ? null : (await accountDocument(app.db, subject, fingerprint)).account
  if (account?.isDeleted) return text('Gone', 410)
  // For a suspended account 404: other servers would take 410 for its deletion.
  if (subject !== 'instance' && (!account || account.isSuspended)) return text('Not found', 404)
  const jrd = withRels(await jrdOf(app, account), rels.slice(0, maxRels))
  return new Response(JSON.stringify(jrd), {
    headers: { ...openToAll, 'content-type': 'application/jrd+json', 'cache-control': 'public, max-age=60' },
  })
}

/** @param account null for the instance */
async function jrdOf(app: App, account: AskedAccount | null): Promise<Jrd> {
  const { uris } = app
  const key = account ? `${account.uri} ${account.url} ${account.username} ${account.avatarFile}` : uris.instanceActor
  const known = answers(app).get(key)
  if (known) return known
  const found = account ? discoveredAccount(account, uris) : discoveredInstance(uris)
  const made = inOurForm(await discoverByFedify(app, found), found)
  answers(app).set(key, made)
  return made
}

/** Fedify's aliases lack the page. */
const inOurForm = ({ subject, links }: Jrd, { aliases }: Discovered): Jrd => ({
  subject,
  aliases,
  // One order of properties, which other servers have always got.
  links: links.map(({ rel, type, href, template }) => ({
    rel,
    ...(type && { type }),
    ...(href && { href }),
    ...(template && { template }),
  })),
})

const openToAll = { 'access-control-allow-origin': '*' }
const text = (body: string, status: number): Response =>
  new Response(body, { status, headers: { ...openToAll, 'content-type': 'text/plain; charset=UTF-8' } })
