/** Search, on the website and in apps: words, handles, URLs and hashtags. */
import { sql } from 'drizzle-orm'
import { accountByHandle, accountByUrl, accountHead } from '../accounts/find.ts'
import { searchAccounts } from '../accounts/search.ts'
import type { App } from '../platform/app.ts'
import type { Reader } from '../platform/db/index.ts'
import { type Handle, parseHandle } from '../platform/handle.ts'
import type { AccountId, CollectionId, StatusId, TagId } from '../platform/ids.ts'
import { visibleStatusByUrl } from '../statuses/find.ts'
import { type PostSearch, searchStatuses } from '../statuses/search/search.ts'
import type { Hashtag } from '../statuses/tags.ts'
import { hashtagName } from '../text/hashtag.ts'
import { collectionByUri } from './collections/receive.ts'

export type SearchQuery = {
  /** One kind of result only; `offset` applies to it. */
  type?: 'accounts' | 'statuses' | 'hashtags'
  limit: number
  offset?: number
  /** Whether to ask other servers for an unknown handle or URL. Only for people who are logged in. */
  resolve: boolean
  /** Only accounts that the viewer follows. */
  followedOnly?: boolean
  /** Only hashtags that a moderator has reviewed, and the exact match. */
  reviewedOnly?: boolean
  /** Only posts of one author, or between two ids. */
  posts?: Pick<PostSearch, 'accountId' | 'maxId' | 'minId'>
}
export type FoundTag = Hashtag & { id: TagId }
/** `collections`: only of a URL, and only if all kinds are wanted. */
export type SearchResult = {
  accounts: AccountId[]
  statuses: StatusId[]
  hashtags: FoundTag[]
  collections?: CollectionId[]
}

/** Characters of a query that are used. */
const maxLength = 500

/**
 * Searches for a text. A URL or full handle finds only that account, status or collection. Any other text finds accounts and
 * hashtags that start with it, and, for people who are logged in, posts with its words. May reach the network.
 */
export async function search(
  app: App,
  viewer: AccountId | null,
  text: string,
  query: SearchQuery,
): Promise<SearchResult> {
  const wanted = text.trim().slice(0, maxLength)
  const nothing: SearchResult = { accounts: [], statuses: [], hashtags: [] }
  if (wanted === '') return nothing
  const asks = (type: SearchQuery['type']) => query.type === undefined || query.type === type

  if (/^https?:\/\//i.test(wanted)) {
    const found = await byUrl(app, viewer, wanted, query)
    return { ...nothing, ...found, accounts: await withoutSuspended(app.db, found.accounts) }
  }
  const handle = parseHandle(wanted)
  if (handle?.domain && asks('accounts') && !query.offset) {
    const exact = await byHandle(app, handle, query.resolve)
    if (exact) return { ...nothing, accounts: await withoutSuspended(app.db, [exact]) }
  }
  return {
    accounts: asks('accounts') && !wanted.startsWith('#') ? await searchAccounts(app.db, viewer, wanted, query) : [],
    statuses:
      asks('statuses') && viewer
        ? await searchStatuses(app.db, app.uris, viewer, wanted, { ...query, ...query.posts })
        : [],
    hashtags: asks('hashtags') && !wanted.startsWith('@') ? await searchTags(app.db, wanted, query) : [],
  }
}

/** Leaves out suspended accounts, which no search may find. */
async function withoutSuspended(db: Reader, ids: AccountId[] = []): Promise<AccountId[]> {
  const heads = await Promise.all(ids.map((id) => accountHead(db, id)))
  return heads.flatMap((head) => (head && !head.suspendedAt ? [head.id] : []))
}

async function byUrl(
  app: App,
  viewer: AccountId | null,
  url: string,
  { type, resolve }: SearchQuery,
): Promise<Partial<SearchResult>> {
  const account = await accountByUrl(app.db, app.uris, url)
  if (account) return { accounts: [account] }
  const status = await visibleStatusByUrl(app.db, app.uris, viewer, url)
  if (status) return { statuses: [status] }
  // Clients that want one kind of result have no place for a collection.
  const collection = type === undefined && (await collectionOfUrl(app, url))
  if (collection) return { collections: [collection] }
  if (!resolve || app.uris.isOwn(url)) return {}

  const found = await app.remote.url(url)
  if (found?.type === 'account') return { accounts: [found.id] }
  if (found?.type === 'status') return { statuses: [found.id] }
  if (found?.type === 'collection' && type === undefined) return { collections: [found.id] }
  return {}
}

async function collectionOfUrl(app: App, url: string): Promise<CollectionId | null> {
  const own = app.uris.parse(url)
  return own?.type === 'collection' ? own.id : collectionByUri(app.db, url)
}

async function byHandle(app: App, handle: Handle, resolve: boolean): Promise<AccountId | null> {
  const { username, domain } = app.uris.localised(handle)
  const local = await accountByHandle(app.db, { username, domain })
  return local ?? (resolve && domain !== null ? app.remote.account(`${username}@${domain}`) : null)
}

/** Hashtags with the same beginning among which the most used are sought. */
const maxAlike = 500

/**
 * Hashtags that start with a text: the exact match, then the most used of the last week. Only hashtags that public or
 * unlisted posts used, and that moderators did not take off the lists.
 */
export async function searchTags(
  db: Reader,
  text: string,
  { limit, offset = 0, reviewedOnly = false }: Pick<SearchQuery, 'limit' | 'offset' | 'reviewedOnly'>,
): Promise<FoundTag[]> {
  const name = hashtagName(text.replace(/^[#＃]/u, ''))
  if (name === '') return []
  const prefix = `${name.replace(/[\\%_]/g, '\\$&')}%`
  const { rows } = await db.execute<FoundTag>(sql`
    select t.id, t.name, t.display_name as "displayName" from (
      select id, name, display_name from tags where name like ${prefix} and is_open and is_listable ${reviewedOnly ? sql`and (is_trendable is not null or name = ${name})` : sql``} order by length(name), name limit ${maxAlike}) t
    order by t.name = ${name} desc, coalesce((select sum(d.accounts) from tag_days d where d.tag_id = t.id and d.day > current_date - 7), 0) desc, length(t.name), t.name
    limit ${limit} offset ${offset}`)
  return rows
}
