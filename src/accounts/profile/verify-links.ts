/** Verifies profile links: a page that links back with `rel="me"` belongs to the same person. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { App } from '../../platform/app.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, type ProfileField } from '../../platform/db/schema/accounts.ts'
import { HttpError } from '../../platform/http/client.ts'
import type { AccountId } from '../../platform/ids.ts'
import { askHost, checkHostUp, hostKey, isTrouble, acquireHost } from '../../platform/queue/hosts.ts'
import { hourMs } from '../../platform/time.ts'
import { maxUrlLength } from '../../platform/web-url.ts'
import { readTags } from '../../text/html/tags.ts'
import { fieldLink } from './fields.ts'

/** Links per account that are verified; local accounts can't have more fields. */
const maxLinks = 4
const maxPageBytes = 1_048_576
const timeoutMs = 10_000

/** Whether a page links back; null when it can't be fetched at the moment. */
type LinksBack = boolean | null

/**
 * Fetches the pages that an account's fields link to, and stores which of them link back. A verified page that can't be
 * reached stays verified; one that no longer links back does not.
 */
export async function verifyLinks(app: App, accountId: AccountId): Promise<void> {
  const [account] = await app.db
    .select({ uri: accounts.uri, url: accounts.url, fields: accounts.fields })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.suspendedAt), isNull(accounts.deletedAt)))
  if (!account) return
  const links = [...new Set(account.fields.flatMap((field) => fieldLink(field) ?? []))].slice(0, maxLinks)
  using hosts = new DisposableStack()
  for (const host of new Set(links.map(hostKey))) hosts.use(acquireHost(app, 'fetch', host))
  const results = new Map<string, LinksBack>()
  for (const link of links) results.set(link, await linksBack(app, link, [account.url, account.uri]))

  await app.db.transaction(async (tx) => {
    const [now] = await tx
      .select({ fields: accounts.fields })
      .from(accounts)
      .where(eq(accounts.id, accountId))
      .for('update')
    if (!now) return
    const fields = now.fields.map((field) => withResult(field, results))
    if (JSON.stringify(fields) === JSON.stringify(now.fields)) return
    await tx.update(accounts).set({ fields }).where(eq(accounts.id, accountId))
    await changed(tx, 'profiles')
  })
}

function withResult(field: ProfileField, results: ReadonlyMap<string, LinksBack>): ProfileField {
  const result = results.get(fieldLink(field) ?? '') ?? null
  if (result === null) return field
  return { ...field, verifiedAt: result ? (field.verifiedAt ?? new Date().toISOString()) : null }
}

async function linksBack(app: App, link: string, profile: string[]): Promise<LinksBack> {
  const wanted = new Set(profile.map(comparable))
  // The profile itself and the posts below it prove nothing: they come from the server that made the claim.
  const isOwn = (url: string) =>
    [...wanted].some(
      (own) => comparable(url) === own || (URL.parse(own)?.pathname !== '/' && comparable(url).startsWith(`${own}/`)),
    )
  if (isOwn(link)) return false
  try {
    const host = hostKey(link)
    checkHostUp(app, host)
    const page = await askHost(
      app,
      host,
      () => app.http.request(link, { headers: () => ({ Accept: 'text/html' }), maxBytes: maxPageBytes, timeoutMs }),
      { isTroubled: isTrouble },
    )
    if (page.status >= 500 || page.status === 429) return null
    if (
      page.status !== 200 ||
      !/^(?:text\/html|application\/xhtml\+xml)\b/i.test(page.headers.get('Content-Type') ?? '')
    )
      return false
    return (
      !isOwn(page.url) && relMeUrls(page.body.toString('utf8'), page.url).some((url) => wanted.has(comparable(url)))
    )
  } catch (error) {
    if (error instanceof HttpError) return error.isPermanent ? false : null
    throw error
  }
}

/** The URLs that a page links to with `rel="me"`. */
export function relMeUrls(html: string, base: string): string[] {
  const urls: string[] = []
  readTags(html, {
    onOpen(name, { rel = '', href = '' }) {
      if (name !== 'a' && name !== 'link') return
      if (href.length <= maxUrlLength && rel.toLowerCase().split(/\s+/).includes('me'))
        urls.push(URL.parse(href, base)?.href ?? '')
    },
  })
  return urls
}

const comparable = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed
    ? `${parsed.protocol}//${parsed.host}${parsed.pathname.toLowerCase().replace(/\/$/, '')}${parsed.search}`
    : ''
}

/** Accounts per transaction of `recheckLinks`. */
const batchSize = 500

/** Queues a new verification of the links of all local accounts, spread over 6 hours. */
export async function recheckLinks(app: App): Promise<void> {
  for (let after: AccountId | null = null; ;) {
    const ids = await accountsWithLinks(app.db, after)
    await app.db.transaction((tx) =>
      addJobs(
        tx,
        ids.map((accountId) => ({
          name: 'verify-links' as const,
          payload: { accountId },
          runAt: new Date(Date.now() + Math.random() * 6 * hourMs),
          key: `verify-links ${accountId}`,
        })),
      ),
    )
    after = ids.at(-1) ?? null
    if (ids.length < batchSize) return
  }
}

async function accountsWithLinks(db: Reader, after: AccountId | null): Promise<AccountId[]> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        isNull(accounts.domain),
        isNull(accounts.suspendedAt),
        after ? sql`${accounts.id} > ${after}` : undefined,
        sql`${accounts.fields}::text like '%href=%'`,
      ),
    )
    .orderBy(accounts.id)
    .limit(batchSize)
  return rows.map(({ id }) => id)
}
