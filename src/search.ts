/** The search box, of the website and of apps: words, handles, URLs and hashtags. */
import { sql } from 'drizzle-orm'
import { accountByHandle, accountByUrl } from './accounts/find.ts'
import { searchAccounts } from './accounts/search.ts'
import type { App } from './app.ts'
import type { Reader } from './db/index.ts'
import { tags } from './db/schema/interactions.ts'
import type { AccountId, StatusId, TagId } from './ids.ts'
import { visibleStatusByUrl } from './statuses/find.ts'
import type { Hashtag } from './statuses/tags.ts'
import { type Handle, parseHandle } from './text/handle.ts'
import { hashtagName } from './text/hashtag.ts'

export type SearchQuery = {
  /** One kind of result only, of which `offset` then skips some. */
  type?: 'accounts' | 'statuses' | 'hashtags'
  limit: number
  offset?: number
  /** Whether other servers are asked for a handle or URL that isn't known here. Only for people who are logged in. */
  resolve: boolean
  followedOnly?: boolean
}
export type FoundTag = Hashtag & { id: TagId }
export type SearchResult = { accounts: AccountId[]; statuses: StatusId[]; hashtags: FoundTag[] }

/**
 * What a text finds. A URL or full handle finds just what it names; anything else accounts and hashtags that start with it.
 * May reach the network.
 */
export async function search(app: App, viewer: AccountId | null, text: string, query: SearchQuery): Promise<SearchResult> {
  const wanted = text.trim()
  const nothing: SearchResult = { accounts: [], statuses: [], hashtags: [] }
  if (wanted === '') return nothing
  const asks = (type: SearchQuery['type']) => query.type === undefined || query.type === type

  if (/^https?:\/\//i.test(wanted)) return { ...nothing, ...(await byUrl(app, viewer, wanted, query.resolve)) }
  const handle = parseHandle(wanted)
  if (handle?.domain && asks('accounts') && !query.offset) {
    const exact = await byHandle(app, handle, query.resolve)
    if (exact) return { ...nothing, accounts: [exact] }
  }
  return {
    accounts: asks('accounts') && !wanted.startsWith('#') ? await searchAccounts(app.db, viewer, wanted, query) : [],
    statuses: [],
    hashtags: asks('hashtags') && !wanted.startsWith('@') ? await searchTags(app.db, wanted, query.limit, query.offset) : [],
  }
}

async function byUrl(app: App, viewer: AccountId | null, url: string, resolve: boolean): Promise<Partial<SearchResult>> {
  const known = await accountByUrl(app.db, app.uris, url)
  if (known) return { accounts: [known] }
  const status = await visibleStatusByUrl(app.db, app.uris, viewer, url)
  if (status) return { statuses: [status] }
  if (!resolve || app.uris.isOwn(url)) return {}

  const found = await app.remote.url(url)
  if (found?.type === 'account') return { accounts: [found.id] }
  if (found?.type === 'status') return { statuses: [found.id] }
  return {}
}

async function byHandle(app: App, handle: Handle, resolve: boolean): Promise<AccountId | null> {
  const { username, domain } = app.uris.localised(handle)
  const known = await accountByHandle(app.db, { username, domain })
  return known ?? (resolve && domain !== null ? app.remote.account(`${username}@${domain}`) : null)
}

/** Hashtags that start with a text, the shortest first. */
async function searchTags(db: Reader, text: string, limit: number, offset = 0): Promise<FoundTag[]> {
  const prefix = hashtagName(text.replace(/^#/, '')).replace(/[\\%_]/g, '\\$&')
  if (prefix === '') return []
  return db
    .select({ id: tags.id, name: tags.name, displayName: tags.displayName })
    .from(tags)
    .where(sql`${tags.name} like ${`${prefix}%`}`)
    .orderBy(sql`length(${tags.name})`, tags.name)
    .limit(limit)
    .offset(offset)
}
