/** Outbox, followers, following and what is featured of local accounts. */
import { Hono } from 'hono'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import type { Page } from '#src/db/page.ts'
import { type AccountId, isId } from '#src/ids.ts'
import { followedBy, followersOf } from '#src/relationships/lists.ts'
import { pinnedStatuses } from '#src/statuses/pin.ts'
import { loadStatusViews } from '#src/statuses/views.ts'
import { loadFeaturedTags } from '#src/tags/feature.ts'
import { accountTimeline } from '#src/timelines/account.ts'
import { context } from './activities/context.ts'
import { toHashtag } from './activities/hashtag.ts'
import { toNote } from './activities/note.ts'
import { toOutboxItem } from './activities/statuses.ts'
import { documentResponse } from './negotiation.ts'
import { followersOfSigner } from './synchronization.ts'

const pageSize = 20
const peoplePerPage = 80

/** Items of a page, and where the next one begins. */
type Loaded = { items: unknown[]; next: string | null }
type Source = { total: (account: AccountView) => number; isHidden: (account: AccountView) => boolean; load: (app: App, account: AccountView, page: Page) => Promise<Loaded> }

const sources: Record<'outbox' | 'followers' | 'following', Source> = {
  outbox: {
    total: (account) => account.statusesCount,
    isHidden: () => false,
    load: async (app, account, page) => {
      const ids = await accountTimeline(app.db, null, account.id, {}, page)
      const views = await loadStatusViews(app.db, null, ids)
      const items = views.map((view) => {
        const { '@context': _, ...item } = toOutboxItem(view, app.uris)
        return item
      })
      return { items, next: ids.length === page.limit ? (ids.at(-1) ?? null) : null }
    },
  },
  followers: {
    total: (account) => account.followersCount,
    isHidden: (account) => account.hidesCollections,
    load: async (app, account, page) => people(app, await followersOf(app.db, account.id, page), page),
  },
  following: {
    total: (account) => account.followingCount,
    isHidden: (account) => account.hidesCollections,
    load: async (app, account, page) => people(app, await followedBy(app.db, account.id, page), page),
  },
}

async function people(app: App, related: { id: string; accountId: AccountId }[], page: Page): Promise<Loaded> {
  const accounts = await loadAccountViews(app.db, related.map(({ accountId }) => accountId))
  return { items: accounts.map((account) => account.uri), next: related.length === page.limit ? (related.at(-1)?.id ?? null) : null }
}

/** Without `page`, how many there are; with it, a page of them, the newest first; `max_id` says where it begins. */
export function collections(app: App): Hono {
  const routes = new Hono()
  routes.get('/:id/featured', async (c) => {
    const id = c.req.param('id')
    const [account] = isId(id) ? await loadAccountViews(app.db, [id as AccountId]) : []
    if (!account?.isLocal) return c.text('Not found', 404)
    if (account.suspendedAt) return c.text('Gone', 410)
    const pinned = await loadStatusViews(app.db, null, await pinnedStatuses(app.db, null, account.id))
    const items = pinned.map((view) => toNote(view, app.uris))
    return documentResponse({ '@context': context, id: app.uris.featured(account.id), type: 'OrderedCollection', totalItems: items.length, orderedItems: items })
  })
  routes.get('/:id/featured-tags', async (c) => {
    const id = c.req.param('id')
    const [account] = isId(id) ? await loadAccountViews(app.db, [id as AccountId]) : []
    if (!account?.isLocal) return c.text('Not found', 404)
    if (account.suspendedAt) return c.text('Gone', 410)
    const tags = account.showsFeatured ? await loadFeaturedTags(app.db, account.id) : []
    return documentResponse({ '@context': context, id: app.uris.featuredTags(account.id), type: 'Collection', totalItems: tags.length, items: tags.map(({ name }) => toHashtag(name, app.uris)) })
  })
  routes.get('/:id/followers/synchronization', (c) => followersOfSigner(app, c.req.raw, c.req.param('id')))
  for (const [name, source] of Object.entries(sources)) {
    routes.get(`/:id/${name}`, async (c) => {
      const id = c.req.param('id')
      const [account] = isId(id) ? await loadAccountViews(app.db, [id as AccountId]) : []
      if (!account?.isLocal) return c.text('Not found', 404)
      if (account.suspendedAt) return c.text('Gone', 410)

      const uri = `${account.uri}/${name}`
      const first = `${uri}?page=true`
      const totalItems = source.total(account)
      const isHidden = source.isHidden(account)
      if (!c.req.query('page')) return documentResponse({ '@context': context, id: uri, type: 'OrderedCollection', totalItems, ...(isHidden ? {} : { first }) })
      if (isHidden) return c.text('Not found', 404)

      const maxId = c.req.query('max_id')
      if (maxId !== undefined && !isId(maxId)) return c.text('Bad request', 400)
      const { items, next } = await source.load(app, account, { maxId, limit: name === 'outbox' ? pageSize : peoplePerPage })
      return documentResponse({
        '@context': context,
        id: maxId ? `${first}&max_id=${maxId}` : first,
        type: 'OrderedCollectionPage',
        partOf: uri,
        totalItems,
        ...(next ? { next: `${first}&max_id=${next}` } : {}),
        orderedItems: items,
      })
    })
  }
  return routes
}
