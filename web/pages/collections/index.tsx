import { Hono } from 'hono'
import type { AccountId, CollectionId, RelationId } from '#src/platform/ids.ts'
import { addMember } from '#src/reading/collections/add.ts'
import { moveInCollection, removeFromCollection, revokeFromCollection } from '#src/reading/collections/items.ts'
import { createCollection, deleteCollection, updateCollection } from '#src/reading/collections/manage.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { backTo, requireViewer, viewerOf } from '../../guards.tsx'
import { pathId } from '../../path-id.ts'
import { collectionPage } from './collection.tsx'
import { editPage } from './edit.tsx'
import { inputIn } from './fields.tsx'
import { ownCollectionsPage } from './own.tsx'
import { profileCollectionsPage } from './profile.tsx'

/** Collections of people: one's own, those of a profile, and the public page of each. */
export const collectionPages: Hono<Env> = new Hono<Env>()
  .get('/:at{@[^/]+}/collections', (c) => profileCollectionsPage(c))
  .get('/collections', requireViewer, (c) => ownCollectionsPage(c))
  .post('/collections', requireViewer, async (c) => {
    let id = ''
    const refusal = await refusalOf(async () => {
      id = await c.var.app.db.transaction((tx) => createCollection(tx, viewerOf(c).accountId, inputIn(c.var.form)))
    })
    return refusal ? ownCollectionsPage(c, refusal) : c.redirect(`/collections/${id}/edit`, 303)
  })
  .get('/collections/:id', (c) => collectionPage(c, pathId(c)))
  .get('/collections/:id/edit', requireViewer, (c) => editPage(c, pathId(c)))
  .post('/collections/:id/edit', requireViewer, async (c) => {
    const id = pathId<CollectionId>(c)
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction((tx) => updateCollection(tx, viewerOf(c).accountId, id, inputIn(c.var.form))),
    )
    return refusal ? editPage(c, id, { settings: refusal }) : c.redirect(`/collections/${id}/edit?saved=1`, 303)
  })
  .post('/collections/:id/add/:account', requireViewer, async (c) => {
    const id = pathId<CollectionId>(c)
    const account = pathId<AccountId>(c, 'account')
    const refusal = await refusalOf(() => addMember(c.var.app, viewerOf(c).accountId, id, account))
    return refusal ? editPage(c, id, { people: refusal }) : backTo(c, `/collections/${id}/edit`)
  })
  .post('/collections/:id/ask/:account', requireViewer, async (c) => {
    const id = pathId<CollectionId>(c)
    const account = pathId<AccountId>(c, 'account')
    const refusal = await refusalOf(() => addMember(c.var.app, viewerOf(c).accountId, id, account))
    return refusal ? editPage(c, id, { people: refusal }) : c.redirect(`/collections/${id}/edit?asked=1`, 303)
  })
  .post('/collections/:id/up/:item', requireViewer, (c) => move(c, 'up'))
  .post('/collections/:id/down/:item', requireViewer, (c) => move(c, 'down'))
  .post('/collections/:id/remove/:item', requireViewer, async (c) => {
    const id = pathId<CollectionId>(c)
    const item = pathId<RelationId>(c, 'item')
    await c.var.app.db.transaction((tx) => removeFromCollection(tx, viewerOf(c).accountId, id, item))
    return backTo(c, `/collections/${id}/edit`)
  })
  .post('/collections/:id/leave/:item', requireViewer, (c) => leave(c))
  .post('/collections/:id/delete', requireViewer, async (c) => {
    const id = pathId<CollectionId>(c)
    await c.var.app.db.transaction((tx) => deleteCollection(tx, viewerOf(c).accountId, id))
    return c.redirect('/collections?deleted=1', 303)
  })

/** Moves an account in a collection of the viewer's by one place. */
async function move(c: C, direction: 'up' | 'down'): Promise<Response> {
  const id = pathId<CollectionId>(c)
  const item = pathId<RelationId>(c, 'item')
  await c.var.app.db.transaction((tx) => moveInCollection(tx, viewerOf(c).accountId, id, item, direction))
  return backTo(c, `/collections/${id}/edit#people`)
}

/** Takes the viewer out of somebody's collection. */
async function leave(c: C): Promise<Response> {
  const id = pathId<CollectionId>(c)
  const item = pathId<RelationId>(c, 'item')
  await c.var.app.db.transaction((tx) => revokeFromCollection(tx, viewerOf(c).accountId, id, item))
  return c.redirect(`/collections/${id}?left=1`, 303)
}
