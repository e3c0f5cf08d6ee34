import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, CollectionId, RelationId } from '#src/platform/ids.ts'
import { addMember, createFilled } from '#src/reading/collections/add.ts'
import { removeFromCollection, revokeFromCollection } from '#src/reading/collections/items.ts'
import { deleteCollection, updateCollection } from '#src/reading/collections/manage.ts'
import { collectionsOf, collectionsWith, loadCollection, loadCollectionViews } from '#src/reading/collections/views.ts'
import { toCollection, toCollectionItem } from '../entities/collection.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { limitOf, linkOffset, offset } from '../http/paging.ts'
import { filled, flag, withoutUndefined, id, ids, params, text } from '../http/params.ts'
import { presentAccounts } from '../present.ts'

const one = { id: id<CollectionId>() }
const item = { collection_id: id<CollectionId>(), id: id<RelationId>() }
const settings = {
  description: text().optional(),
  language: text().optional(),
  tag_name: text().optional(),
  sensitive: flag().optional(),
  discoverable: flag().optional(),
}
const listed = { id: id<AccountId>(), limit: limitOf(40), offset: offset() }

export const collections = new Hono<Env>()

collections.post(
  '/collections',
  requires('write:collections'),
  params({ ...settings, name: filled(), account_ids: ids<AccountId>() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const id = await createFilled(app, accountId, toInput(params), params.account_ids)
    return c.json({ collection: await present(app, accountId, id) })
  },
)

collections.get('/collections/:id', allows('read:collections'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const view = await loadCollection(app.db, accountId, params.id)
  const people = [...new Set([view.accountId, ...view.items.map((member) => member.accountId)])]
  return c.json({ accounts: await presentAccounts(app, people), collection: toCollection(view, app.uris) })
})

collections.on(
  ['PATCH', 'PUT'],
  '/collections/:id',
  requires('write:collections'),
  params({ ...one, ...settings, name: text().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => updateCollection(tx, accountId, params.id, toInput(params)))
    return c.json({ collection: await present(app, accountId, params.id) })
  },
)

collections.delete('/collections/:id', requires('write:collections'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteCollection(tx, accountId, params.id))
  return c.json({})
})

collections.post(
  '/collections/:collection_id/items',
  requires('write:collections'),
  params({ collection_id: item.collection_id, account_id: id<AccountId>() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const added = await addMember(app, accountId, params.collection_id, params.account_id)
    const view = await loadCollection(app.db, accountId, params.collection_id)
    const member = view.items.find((candidate) => candidate.id === added)
    if (!member) throw notFound()
    return c.json({ collection_item: toCollectionItem(member) })
  },
)

collections.delete('/collections/:collection_id/items/:id', requires('write:collections'), params(item), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => removeFromCollection(tx, accountId, params.collection_id, params.id))
  return c.json({})
})

collections.post(
  '/collections/:collection_id/items/:id/revoke',
  requires('write:collections'),
  params(item),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => revokeFromCollection(tx, accountId, params.collection_id, params.id))
    return c.json({})
  },
)

collections.get('/accounts/:id/collections', allows('read:collections'), params(listed), async (c) => {
  const { app, accountId, params } = c.var
  await assertExists(app, params.id)
  const found = await collectionsOf(app.db, accountId, params.id, params)
  linkOffset(c, params, found.length)
  return c.json(await presentAll(app, accountId, found))
})

collections.get('/accounts/:id/in_collections', requires('read:collections'), params(listed), async (c) => {
  const { app, accountId, params } = c.var
  await assertExists(app, params.id)
  const found = await collectionsWith(app.db, accountId, params.id, params)
  linkOffset(c, params, found.length)
  return c.json(await presentAll(app, accountId, found))
})

async function assertExists(app: App, accountId: AccountId): Promise<void> {
  const head = await accountHead(app.db, accountId)
  if (!head || head.deletedAt) throw notFound()
}

async function present(app: App, viewer: AccountId, id: CollectionId) {
  return toCollection(await loadCollection(app.db, viewer, id), app.uris)
}

async function presentAll(app: App, viewer: AccountId | null, ids: CollectionId[]) {
  const views = await loadCollectionViews(app.db, viewer, ids)
  return { collections: views.map((view) => toCollection(view, app.uris)) }
}

type Input = {
  name?: string | undefined
  description?: string | undefined
  language?: string | undefined
  tag_name?: string | undefined
  sensitive?: boolean | undefined
  discoverable?: boolean | undefined
}

const toInput = ({
  name,
  description,
  language,
  tag_name: tagName,
  sensitive: isSensitive,
  discoverable: isDiscoverable,
}: Input) => withoutUndefined({ name, description, language, tagName, isSensitive, isDiscoverable })
