/** Collections of local accounts: outbox, followers, following, featured posts and hashtags. */
import { createHash } from 'node:crypto'
import { loadAccountViews } from '#src/accounts/views.ts'
import { accountDocument, type AskedAccount } from '#src/outgoing/documents/accounts.ts'
import { outboxDocuments, type StatusDocument, statusDocuments } from '#src/outgoing/documents/statuses.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { loadFeaturedTags } from '#src/reading/tags/feature.ts'
import { followedBy, followersOf } from '#src/relationships/lists.ts'
import { pinnedStatuses } from '#src/statuses/interactions/pin.ts'
import { context } from '../documents/context.ts'
import { toHashtag } from '../documents/hashtag.ts'
import type { JsonObject } from '../documents/json.ts'
import { type Asked, type Found, refused } from './asked.ts'
import { missing, nothing, queryOf, textResponse } from './negotiation.ts'
import { type StatusTexts, statusTexts, storedStatusTexts, type Text, withContext } from './stored-documents.ts'

const pageSize = 20
const peoplePerPage = 80

export type AccountCollection = 'outbox' | 'followers' | 'following' | 'featured' | 'featured-tags'

/**
 * The answer from the store of finished documents, if all items of a page are stored; else null. The rows that it read
 * are kept in `asked`.
 */
export async function pageInStore(asked: Asked, id: string, name: 'outbox' | 'featured'): Promise<Response | null> {
  const account = await open(asked, id)
  if (account instanceof Response) return null
  const page = await pageOf(asked, account, name)
  if (!page || page instanceof Response) return null
  asked.page = page.statuses
  const texts = page.statuses.map((status) => storedStatusTexts(status))
  if (texts.includes(null)) return null
  const text = joined(
    asked,
    page,
    texts.filter((each) => each !== null),
  )
  return textResponse(asked.request, text, { isPrivate: asked.account?.needsSignature === true })
}

/** A collection of an account: without `page`, the total; with `page`, a page of items, newest first, from `max_id` on. */
export async function accountCollection(asked: Asked, id: string, name: AccountCollection): Promise<Found> {
  const account = await open(asked, id)
  if (account instanceof Response) return account
  const isPrivate = asked.account?.needsSignature === true
  if (name === 'featured-tags') return { json: await featuredTags(asked, account), isPrivate }
  if (name === 'followers' || name === 'following') return people(asked, account, name, isPrivate)
  const page = await pageOf(asked, account, name)
  if (page instanceof Response) return page
  if (!page) return { json: head(account, name, account.statusesCount, true), isPrivate }
  const texts = await statusTexts(asked.app, asked.fingerprint, page.statuses)
  return { ...joined(asked, page, texts), isPrivate }
}

/** The account, if its collections may be shown to the requester; else the answer. */
export async function open(asked: Asked, id: string): Promise<AskedAccount | Response> {
  if (!isId(id)) return missing()
  asked.account ??= await accountDocument(asked.app.db, { id: id as AccountId }, asked.fingerprint)
  const { needsSignature, account } = asked.account
  const refusal = await refused(asked, needsSignature, account?.id ?? null)
  if (refusal) return refusal
  if (account?.isDeleted) return nothing(410, 'Gone')
  return account && !account.isSuspended ? account : missing()
}

const head = (account: AskedAccount, name: string, totalItems: number, hasPages: boolean): JsonObject => {
  const id = `${account.uri}/${name}`
  const first = hasPages ? { first: `${id}?page=true` } : {}
  return { '@context': context, id, type: 'OrderedCollection', totalItems, ...first }
}

type StatusPage = { statuses: StatusDocument[]; head: (count: number) => object; part: 'object' | 'activity' }

/** The statuses of a page, null for a request of the collection itself. Pinned statuses have no pages, as their number is limited. */
async function pageOf(
  asked: Asked,
  account: AskedAccount,
  name: 'outbox' | 'featured',
): Promise<StatusPage | Response | null> {
  const { db } = asked.app
  const id = `${account.uri}/${name}`
  if (name === 'featured') {
    const statuses = asked.page ?? (await pinned(asked, account))
    return { statuses, head: (totalItems) => ({ id, type: 'OrderedCollection', totalItems }), part: 'object' }
  }
  const query = pageQuery(asked)
  if (!query || query instanceof Response) return query
  const page = { ...query, limit: pageSize }
  const statuses = asked.page ?? (await outboxDocuments(db, account.id, page, asked.fingerprint))
  const next = statuses.length === pageSize ? (statuses.at(-1)?.id ?? null) : null
  return { statuses, head: () => pageHead(id, account.statusesCount, query.maxId, next), part: 'activity' }
}

const pinned = async ({ app, fingerprint }: Asked, { id }: AskedAccount): Promise<StatusDocument[]> =>
  statusDocuments(app.db, await pinnedStatuses(app.db, null, id), fingerprint)

export function pageQuery({ request }: Asked): { maxId: string | undefined } | Response | null {
  const { page, max_id: maxId } = queryOf(request)
  if (!page) return null
  return maxId !== undefined && !isId(maxId) ? nothing(400, 'Bad request') : { maxId }
}

export function pageHead(uri: string, totalItems: number, maxId: string | undefined, next: string | null): JsonObject {
  const first = `${uri}?page=true`
  return {
    id: maxId ? `${first}&max_id=${maxId}` : first,
    type: 'OrderedCollectionPage',
    partOf: uri,
    totalItems,
    ...(next ? { next: `${first}&max_id=${next}` } : {}),
  }
}

/** The JSON of items, joined without parsing. */
function joined({ fingerprint }: Asked, { head, part }: StatusPage, texts: StatusTexts[]): Text {
  const items = texts.flatMap((each) => each[part] ?? [])
  const start = head(items.length)
  const etags = items.map(({ json, etag }) => (part === 'activity' ? etag : json))
  const hash = createHash('sha1').update(JSON.stringify([fingerprint, start, etags]))
  const list = items.map(({ json }) => json).join(',')
  return {
    json: withContext(`${JSON.stringify(start).slice(0, -1)},"orderedItems":[${list}]}`),
    etag: hash.digest('base64url'),
  }
}

async function people(
  asked: Asked,
  account: AskedAccount,
  name: 'followers' | 'following',
  isPrivate: boolean,
): Promise<Found> {
  const { db } = asked.app
  const totalItems = name === 'followers' ? account.followersCount : account.followingCount
  const query = pageQuery(asked)
  if (!query) return { json: head(account, name, totalItems, !account.hidesCollections), isPrivate }
  if (account.hidesCollections) return missing()
  if (query instanceof Response) return query

  const page = { ...query, limit: peoplePerPage }
  const relations = await (name === 'followers' ? followersOf : followedBy)(db, account.id, page)
  const next = relations.length === peoplePerPage ? (relations.at(-1)?.id ?? null) : null
  const start = pageHead(`${account.uri}/${name}`, totalItems, query.maxId, next)
  const views = await loadAccountViews(
    db,
    relations.map(({ accountId }) => accountId),
  )
  const orderedItems = views.map(({ uri }) => uri)
  const etag = createHash('sha1')
    .update(JSON.stringify([asked.fingerprint, start, orderedItems.map((uri) => JSON.stringify(uri))]))
    .digest('base64url')
  return { json: { '@context': context, ...start, orderedItems }, etag, isPrivate }
}

async function featuredTags({ app }: Asked, { id }: AskedAccount): Promise<JsonObject> {
  const [account] = await loadAccountViews(app.db, [id])
  const tags = account?.showsFeatured ? await loadFeaturedTags(app.db, id) : []
  return {
    '@context': context,
    id: app.uris.featuredTags(id),
    type: 'Collection',
    totalItems: tags.length,
    items: tags.map(({ name }) => toHashtag(name, app.uris)),
  }
}

/** The instance's own actor publishes nothing. */
export const instanceCollection = ({ app }: Asked, name: string): Found =>
  name === 'outbox'
    ? {
        json: {
          '@context': context,
          id: `${app.uris.instanceActor}/outbox`,
          type: 'OrderedCollection',
          totalItems: 0,
          orderedItems: [],
        },
      }
    : missing()
