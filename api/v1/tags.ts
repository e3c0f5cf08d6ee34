/** Hashtags: reading, following, and featuring on profiles. */
import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import type { AccountId, RelationId } from '#src/platform/ids.ts'
import {
  featureTag,
  loadFeaturedTags,
  removeFeaturedTag,
  suggestedTags,
  unfeatureTag,
} from '#src/reading/tags/feature.ts'
import { followedTags, followTag, unfollowTag } from '#src/reading/tags/follow.ts'
import { loadTagByName } from '#src/reading/tags/views.ts'
import { showsFeatured } from '#src/relationships/lists.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { toFeaturedTag } from '../entities/featured-tag.ts'
import { toTag } from '../entities/tag.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { filled, id, params } from '../http/params.ts'
import { presentTags } from '../present.ts'

const named = { name: filled() }

export const tags = new Hono<Env>()

tags.get('/tags/:name', allows('read'), params(named), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toTag(await loadTagByName(app.db, accountId, hashtag(params.name)), app.uris, accountId))
})

for (const [path, change] of Object.entries({ follow: followTag, unfollow: unfollowTag })) {
  tags.post(`/tags/:name/${path}`, requires('write:follows'), params(named), async (c) =>
    c.json(await changed(c.var.app, c.var.accountId, c.var.params.name, change)),
  )
}

for (const [path, change] of Object.entries({ feature: featureTag, unfeature: unfeatureTag })) {
  tags.post(`/tags/:name/${path}`, requires('write:accounts'), params(named), async (c) =>
    c.json(await changed(c.var.app, c.var.accountId, c.var.params.name, change)),
  )
}

tags.get('/followed_tags', requires('read:follows'), params(paged(100)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await followedTags(app.db, accountId, toPage(params))
  linkPage(
    c,
    toPage(params),
    found.map((follow) => follow.id),
    'since_id',
  )
  return c.json(
    await presentTags(
      app,
      accountId,
      found.map((follow) => follow.tagId),
    ),
  )
})

tags.get('/featured_tags', requires('read:accounts'), async (c) => c.json(await featuredBy(c.var.app, c.var.accountId)))

tags.get('/featured_tags/suggestions', requires('read:accounts'), async (c) => {
  const { app, accountId } = c.var
  return c.json(await presentTags(app, accountId, await suggestedTags(app.db, accountId)))
})

tags.post('/featured_tags', requires('write:accounts'), params(named), async (c) => {
  const { app, accountId, params } = c.var
  const tag = parseHashtag(params.name)
  if (!tag) throw new Refusal('invalid', 'Name is invalid')
  const added = await app.db.transaction((tx) => featureTag(tx, accountId, tag))
  const featured = (await featuredBy(app, accountId)).find((place) => place.id === added)
  if (!featured) throw notFound()
  return c.json(featured)
})

tags.delete('/featured_tags/:id', requires('write:accounts'), params({ id: id<RelationId>() }), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => removeFeaturedTag(tx, accountId, params.id))
  return c.json({})
})

tags.get('/accounts/:id/featured_tags', allows('read:accounts'), params({ id: id<AccountId>() }), async (c) => {
  const { app, accountId, params } = c.var
  const head = await accountHead(app.db, params.id)
  if (!head || head.deletedAt) throw notFound()
  return c.json((await showsFeatured(app.db, accountId, params.id)) ? await featuredBy(app, params.id) : [])
})

const featuredBy = async (app: App, accountId: AccountId) =>
  (await loadFeaturedTags(app.db, accountId)).map((tag) => toFeaturedTag(tag, app.uris))

type TagChange = (tx: Tx, accountId: AccountId, tag: ReturnType<typeof hashtag>) => Promise<unknown>

async function changed(app: App, accountId: AccountId, name: string, change: TagChange) {
  const tag = hashtag(name)
  await app.db.transaction((tx) => change(tx, accountId, tag))
  return toTag(await loadTagByName(app.db, accountId, tag), app.uris, accountId)
}

/** @throws Refusal `not_found` for an invalid hashtag */
function hashtag(name: string) {
  const tag = parseHashtag(name)
  if (!tag) throw notFound()
  return tag
}
