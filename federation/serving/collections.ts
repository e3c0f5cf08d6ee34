/** Collections of local accounts: outbox, followers, following, featured posts and hashtags. */
import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { loadAccountViews } from '#src/accounts/views.ts'
import { accountDocument, type AskedAccount } from '#src/outgoing/documents/accounts.ts'
import { outboxDocuments, statusDocuments } from '#src/outgoing/documents/statuses.ts'
import type { App } from '#src/platform/app.ts'
import type { Page } from '#src/platform/db/page.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { loadFeaturedTags } from '#src/reading/tags/feature.ts'
import { followedBy, followersOf } from '#src/relationships/lists.ts'
import { pinnedStatuses } from '#src/statuses/interactions/pin.ts'
import { context } from '../documents/context.ts'
import { toHashtag } from '../documents/hashtag.ts'
import { followersOfSigner } from './followers-of-signer.ts'
import { documentResponse, missing, nothing, textResponse } from './negotiation.ts'
import { refusal } from './signer.ts'
import { statusTexts, withContext } from './stored-documents.ts'

const pageSize = 20
const peoplePerPage = 80

/** Items of a page as JSON, and the `max_id` of the next page. */
type Loaded = { items: string[]; etags?: string[]; next: string | null }
type Source = {
  limit: number
  total: (account: AskedAccount) => number
  isHidden: (account: AskedAccount) => boolean
  load: (app: App, account: AskedAccount, page: Page, fingerprint: string) => Promise<Loaded>
}

const sources: Record<'outbox' | 'followers' | 'following', Source> = {
  outbox: {
    limit: pageSize,
    total: (account) => account.statusesCount,
    isHidden: () => false,
    load: async (app, account, page, fingerprint) => {
      const asked = await outboxDocuments(app.db, account.id, page, fingerprint)
      const texts = await statusTexts(app, fingerprint, asked)
      return {
        items: texts.map(({ activity }) => activity.json),
        etags: texts.map(({ activity }) => activity.etag),
        next: asked.length === page.limit ? (asked.at(-1)?.id ?? null) : null,
      }
    },
  },
  followers: {
    limit: peoplePerPage,
    total: (account) => account.followersCount,
    isHidden: (account) => account.hidesCollections,
    load: async (app, account, page) => actorUris(app, await followersOf(app.db, account.id, page), page),
  },
  following: {
    limit: peoplePerPage,
    total: (account) => account.followingCount,
    isHidden: (account) => account.hidesCollections,
    load: async (app, account, page) => actorUris(app, await followedBy(app.db, account.id, page), page),
  },
}

async function actorUris(app: App, relations: { id: string; accountId: AccountId }[], page: Page): Promise<Loaded> {
  const accounts = await loadAccountViews(
    app.db,
    relations.map(({ accountId }) => accountId),
  )
  return {
    items: accounts.map((account) => JSON.stringify(account.uri)),
    next: relations.length === page.limit ? (relations.at(-1)?.id ?? null) : null,
  }
}

/** Without `page`, the total; with `page`, a page of items, newest first, from `max_id` on. */
export function collections(app: App, fingerprint: string): Hono {
  const routes = new Hono()
  routes.get('/:id/featured', (c) =>
    ofAccount(app, fingerprint, c, async (account) => {
      // No pages: the number of pins is limited.
      const pinned = await statusDocuments(app.db, await pinnedStatuses(app.db, null, account.id), fingerprint)
      const items = (await statusTexts(app, fingerprint, pinned)).flatMap(({ object }) => object?.json ?? [])
      return { head: { id: `${account.uri}/featured`, type: 'OrderedCollection', totalItems: items.length }, items }
    }),
  )
  routes.get('/:id/featured-tags', (c) =>
    ofAccount(app, fingerprint, c, async ({ id }) => {
      const [account] = await loadAccountViews(app.db, [id])
      const tags = account?.showsFeatured ? await loadFeaturedTags(app.db, id) : []
      return {
        head: {
          id: app.uris.featuredTags(id),
          type: 'Collection',
          totalItems: tags.length,
          items: tags.map(({ name }) => toHashtag(name, app.uris)),
        },
      }
    }),
  )
  routes.get('/:id/followers/synchronization', (c) => followersOfSigner(app, c.req.raw, c.req.param('id')))
  for (const [name, { limit, total, isHidden, load }] of Object.entries(sources)) {
    routes.get(`/:id/${name}`, (c) =>
      ofAccount(app, fingerprint, c, async (account) => {
        const uri = `${account.uri}/${name}`
        const first = `${uri}?page=true`
        const totalItems = total(account)
        if (!c.req.query('page'))
          return { head: { id: uri, type: 'OrderedCollection', totalItems, ...(isHidden(account) ? {} : { first }) } }
        if (isHidden(account)) return missing()

        const maxId = c.req.query('max_id')
        if (maxId !== undefined && !isId(maxId)) return nothing(400, 'Bad request')
        const { next, ...loaded } = await load(app, account, { maxId, limit }, fingerprint)
        const id = maxId ? `${first}&max_id=${maxId}` : first
        return {
          head: {
            id,
            type: 'OrderedCollectionPage',
            partOf: uri,
            totalItems,
            ...(next ? { next: `${first}&max_id=${next}` } : {}),
          },
          ...loaded,
        }
      }),
    )
  }
  return routes
}

/** `items` are JSON texts, joined without parsing. `etags` of the items; by default the items themselves. */
type Collection = { head: object; items?: string[]; etags?: string[] }

async function ofAccount(
  app: App,
  fingerprint: string,
  c: Context,
  load: (account: AskedAccount) => Promise<Collection | Response>,
): Promise<Response> {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) return missing()
  const { needsSignature, account } = await accountDocument(app.db, { id: id as AccountId }, fingerprint)
  const refused = await refusal(app, c.req.raw, needsSignature, account?.id ?? null)
  if (refused) return refused
  if (account?.isDeleted) return nothing(410, 'Gone')
  if (!account || account.isSuspended) return missing()
  const loaded = await load(account)
  if (loaded instanceof Response) return loaded
  const { head, items, etags = items } = loaded
  if (!items) return documentResponse({ '@context': context, ...head }, { isPrivate: needsSignature })
  const json = withContext(`${JSON.stringify(head).slice(0, -1)},"orderedItems":[${items.join(',')}]}`)
  return textResponse(
    c.req.raw,
    {
      json,
      etag: createHash('sha1')
        .update(JSON.stringify([fingerprint, head, etags]))
        .digest('base64url'),
    },
    { isPrivate: needsSignature },
  )
}
