/** Hashtags, and the review of trends. */
import { Hono } from 'hono'
import type { Staff } from '#src/accounts/roles/staff.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, CardId, StatusId, TagId } from '#src/platform/ids.ts'
import { changeTag, listTags, type ModeratedTag, moderatedTags } from '#src/reading/tags/moderate.ts'
import { loadTagDetails } from '#src/reading/tags/views.ts'
import { listPublishers, type PublisherId, publisherById } from '#src/reading/trends/publishers.ts'
import { linksWithHistory } from '#src/reading/trends/read.ts'
import { decideTrend, linkNeedsReview, scoredLinks, scoredTags, type Trend } from '#src/reading/trends/review.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { scoredStatuses } from '#src/statuses/trendable.ts'
import { toAdminLink, toAdminTag, toPublisher } from '../entities/admin-trends.ts'
import type { Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { limitOf, linkOffset, linkPage, offset, paged, toPage } from '../http/paging.ts'
import { flag, id, params, text } from '../http/params.ts'
import { presentStatus, presentStatuses } from '../present.ts'

const reads = requiresStaff('admin:read', 'manage_taxonomies')
const writes = requiresStaff('admin:write', 'manage_taxonomies')
const few = params({ limit: limitOf(10), offset: offset() })

export const trends = new Hono<Env>()

trends.get('/tags', reads, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const tags = await listTags(app.db, staff, toPage(params))
  linkPage(
    c,
    toPage(params),
    tags.map((tag) => tag.id),
  )
  return c.json(await presentModerated(app, tags))
})

trends.get('/tags/:id', reads, params({ id: id<TagId>() }), async (c) =>
  c.json(await presentTag(c.var.app, c.var.staff, c.var.params.id)),
)

trends.put(
  '/tags/:id',
  writes,
  params({
    id: id<TagId>(),
    display_name: text().optional(),
    trendable: flag().optional(),
    usable: flag().optional(),
    listable: flag().optional(),
  }),
  async (c) => {
    const { app, staff, params } = c.var
    const { id: tagId, display_name: displayName, trendable, usable, listable } = params
    await app.db.transaction(async (tx) =>
      changeTag(tx, await staffIn(c, tx), tagId, {
        displayName: displayName?.trim() === '' ? undefined : displayName,
        isTrendable: trendable,
        isUsable: usable,
        isListable: listable,
      }),
    )
    return c.json(await presentTag(app, staff, tagId))
  },
)

trends.get('/trends/tags', reads, few, async (c) => {
  const { app, staff, params } = c.var
  const scored = await scoredTags(app.db, staff, app.uris, params.limit, params.offset)
  linkOffset(c, params, scored.length)
  return c.json(
    await presentModerated(
      app,
      scored.map(({ tag }) => tag),
    ),
  )
})

trends.get('/trends/links', reads, few, async (c) => {
  const { app, staff, params } = c.var
  const scored = await scoredLinks(app.db, staff, params.limit, params.offset)
  linkOffset(c, params, scored.length)
  const links = await linksWithHistory(
    app.db,
    scored.map((link) => link.id),
  )
  const waiting = new Set(scored.filter(linkNeedsReview).map((link) => link.id))
  return c.json(links.map((link) => toAdminLink(link, app.uris, waiting.has(link.id))))
})

trends.get('/trends/links/publishers', reads, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const found = await listPublishers(app.db, staff, toPage(params))
  linkPage(
    c,
    toPage(params),
    found.map((publisher) => publisher.id),
  )
  return c.json(found.map(toPublisher))
})

trends.get('/trends/statuses', reads, params({ limit: limitOf(20), offset: offset() }), async (c) => {
  const { app, accountId, staff, params } = c.var
  const scored = await scoredStatuses(app.db, staff, params.limit, params.offset)
  linkOffset(c, params, scored.length)
  const waiting = new Set(scored.filter(({ decision }) => decision === null).map((status) => status.id))
  const statuses = await presentStatuses(
    app,
    accountId,
    scored.map((status) => status.id),
  )
  return c.json(statuses.map((status) => ({ ...status, requires_review: waiting.has(status.id as StatusId) })))
})

for (const [verb, isTrendable] of [
  ['approve', true],
  ['reject', false],
] as const) {
  trends.post(`/trends/tags/:id/${verb}`, writes, params({ id: id<TagId>() }), async (c) => {
    const { app, staff, params } = c.var
    await presentTag(app, staff, params.id)
    await decide(c, { kind: 'tag', id: params.id }, isTrendable)
    return c.json(await presentTag(app, staff, params.id))
  })

  trends.post(`/trends/links/:id/${verb}`, writes, params({ id: id<CardId>() }), async (c) => {
    const { app, params } = c.var
    await decide(c, { kind: 'link', id: params.id }, isTrendable)
    const [link] = await linksWithHistory(app.db, [params.id])
    return c.json(toAdminLink(present(link), app.uris, false))
  })

  trends.post(`/trends/links/publishers/:id/${verb}`, writes, params({ id: id<PublisherId>() }), async (c) => {
    const { app, staff, params } = c.var
    await decide(c, { kind: 'publisher', id: params.id }, isTrendable)
    return c.json(toPublisher(present(await publisherById(app.db, staff, params.id))))
  })

  trends.post(`/trends/statuses/:id/${verb}`, writes, params({ id: id<StatusId>() }), async (c) => {
    const { app, accountId, params } = c.var
    await decide(c, { kind: 'status', id: params.id }, isTrendable)
    return c.json({ ...(await presentStatus(app, accountId, params.id)), requires_review: false })
  })
}

const decide = async (
  c: { var: { app: App; accountId: AccountId } },
  trend: Trend,
  isTrendable: boolean,
): Promise<void> => c.var.app.db.transaction(async (tx) => decideTrend(tx, await staffIn(c, tx), trend, isTrendable))

/** Hashtags in the order of the list. */
async function presentModerated(app: App, tags: readonly ModeratedTag[]) {
  const [details, { trendsNeedReview: needReview }] = await Promise.all([
    loadTagDetails(
      app.db,
      null,
      tags.map((tag) => tag.id),
    ),
    loadSettings(app.db),
  ])
  const byId = new Map(details.map((one) => [one.id, one]))
  return tags.flatMap((tag) => {
    const one = byId.get(tag.id)
    return one ? [toAdminTag(one, tag, app.uris, { needReview })] : []
  })
}

/** @throws Refusal `not_found` */
async function presentTag(app: App, staff: Staff, tagId: TagId) {
  const [tag] = await presentModerated(app, await moderatedTags(app.db, staff, [tagId]))
  return present(tag)
}

function present<T>(found: T | null | undefined): T {
  if (!found) throw notFound()
  return found
}
