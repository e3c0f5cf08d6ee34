/** Links of profiles that link back with `rel="me"`: so a page vouches that it belongs to the same person. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { App } from '../../platform/app.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, type ProfileField } from '../../platform/db/schema/accounts.ts'
import { HttpError } from '../../platform/http/client.ts'
import type { AccountId } from '../../platform/ids.ts'
import { askHost, checkUp, hostKey, isTrouble, takeHost } from '../../platform/queue/hosts.ts'
import { hourMs } from '../../platform/time.ts'
import { maxUrlLength } from '../../platform/web-url.ts'
import { readTags } from '../../text/html/tags.ts'
import { fieldLink } from './fields.ts'

/** Links of an account that are followed; people here can have no more fields. */
const maxLinks = 4
const maxPageBytes = 1_048_576
const timeoutMs = 10_000

/** What a page says of a link: null when it can't be asked at the moment. */
type Verdict = boolean | null

/**
 * Asks the pages that an account's fields link to whether they link back, and keeps the answers. A page that was verified once
 * and can't be reached stays so; one that no longer links back loses it.
 */
export async function verifyLinks(app: App, accountId: AccountId): Promise<void> {
  const [account] = await app.db
    .select({ uri: accounts.uri, url: accounts.url, fields: accounts.fields })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.suspendedAt), isNull(accounts.deletedAt)))
  if (!account) return
  const links = [...new Set(account.fields.flatMap((field) => fieldLink(field) ?? []))].slice(0, maxLinks)
  using hosts = new DisposableStack()
  for (const host of new Set(links.map(hostKey))) hosts.use(takeHost(app, 'fetch', host))
  const verdicts = new Map<string, Verdict>()
  for (const link of links) verdicts.set(link, await linksBack(app, link, [account.url, account.uri]))

  await app.db.transaction(async (tx) => {
    const [now] = await tx
      .select({ fields: accounts.fields })
      .from(accounts)
      .where(eq(accounts.id, accountId))
      .for('update')
    if (!now) return
    const fields = now.fields.map((field) => judged(field, verdicts))
    if (JSON.stringify(fields) === JSON.stringify(now.fields)) return
    await tx.update(accounts).set({ fields }).where(eq(accounts.id, accountId))
    await changed(tx, 'profiles')
  })
}

function judged(field: ProfileField, verdicts: ReadonlyMap<string, Verdict>): ProfileField {
  const verdict = verdicts.get(fieldLink(field) ?? '') ?? null
  if (verdict === null) return field
  return { ...field, verifiedAt: verdict ? (field.verifiedAt ?? new Date().toISOString()) : null }
}

async function linksBack(app: App, link: string, profile: string[]): Promise<Verdict> {
  const wanted = new Set(profile.map(comparable))
  // The profile itself, and the posts below it, say nothing that the server of the account doesn't say anyway.
  const isOwn = (url: string) =>
    [...wanted].some(
      (own) => comparable(url) === own || (URL.parse(own)?.pathname !== '/' && comparable(url).startsWith(`${own}/`)),
    )
  if (isOwn(link)) return false
  try {
    const host = hostKey(link)
    checkUp(app, host)
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
    return !isOwn(page.url) && mineOf(page.body.toString('utf8'), page.url).some((url) => wanted.has(comparable(url)))
  } catch (error) {
    if (error instanceof HttpError) return error.isPermanent ? false : null
    throw error
  }
}

/** The URLs that a page says are of the same person. */
export function mineOf(html: string, base: string): string[] {
  const found: string[] = []
  readTags(html, {
    onOpen(name, { rel = '', href = '' }) {
      if (name !== 'a' && name !== 'link') return
      if (href.length <= maxUrlLength && rel.toLowerCase().split(/\s+/).includes('me'))
        found.push(URL.parse(href, base)?.href ?? '')
    },
  })
  return found
}

const comparable = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed
    ? `${parsed.protocol}//${parsed.host}${parsed.pathname.toLowerCase().replace(/\/$/, '')}${parsed.search}`
    : ''
}

/** Accounts here whose links a run of `recheckLinks` has looked at again. */
const batchSize = 500

/** Queues that the links of all accounts here are looked at again, spread over hours. */
export async function recheckLinks(app: App): Promise<void> {
  for (let after: AccountId | null = null; ;) {
    const ids = await linkedAfter(app.db, after)
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

async function linkedAfter(db: Reader, after: AccountId | null): Promise<AccountId[]> {
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
