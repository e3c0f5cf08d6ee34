import { Hono } from 'hono'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { featureTag, unfeatureTag } from '#src/reading/tags/feature.ts'
import { followTag, unfollowTag } from '#src/reading/tags/follow.ts'
import { loadTagByName } from '#src/reading/tags/views.ts'
import { tagTimeline } from '#src/reading/timelines/public.ts'
import type { Hashtag } from '#src/statuses/tags.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import { filterIn, pathWith, TagFilterForm, toTagFilter } from '../components/tag-filter.tsx'
import { TagActions, TagUse } from '../components/tag-head.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

type Change = (tx: Tx, accountId: AccountId, tag: Hashtag) => Promise<unknown>

const changes: Record<string, Change> = {
  follow: followTag,
  unfollow: unfollowTag,
  feature: featureTag,
  unfeature: unfeatureTag,
}

/** The page of a hashtag: its posts, also together with other hashtags; following and featuring it. */
export const tagPages: Hono<Env> = new Hono<Env>()
  .get('/tags/:tag', (c) => tagPage(c))
  .post('/tags/:tag/:verb', requireViewer, async (c) => {
    const verb = c.req.param('verb')
    const change = Object.hasOwn(changes, verb) ? changes[verb] : undefined
    if (!change) throw notFound()
    const tag = tagIn(c)
    const refusal = await refusalOf(() => c.var.app.db.transaction((tx) => change(tx, viewerOf(c).accountId, tag)))
    return refusal ? tagPage(c, refusal) : backTo(c, pathOf(tag))
  })

const pathOf = ({ name }: Pick<Hashtag, 'name'>): string => `/tags/${encodeURIComponent(name)}`

/** The hashtag of the path. @throws Refusal `not_found` if it is none */
function tagIn(c: C): Hashtag {
  const tag = parseHashtag(c.req.param('tag') ?? '')
  if (!tag) throw notFound()
  return tag
}

async function tagPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, session, messages } = c.var
  const tag = tagIn(c)
  const viewer = session.viewer?.accountId ?? null
  const wanted = pageOf(c)
  const filter = filterIn(c)
  const [details, ids] = await Promise.all([
    loadTagByName(app.db, viewer, tag),
    filter.problems.length > 0 ? [] : tagTimeline(app.db, viewer, tag.name, toTagFilter(filter), wanted),
  ])
  const statuses = await loadStatusViews(app.db, viewer, ids)
  return page(
    c,
    { title: `#${tag.displayName}`, canonical: app.uris.tag(tag.name), ...(filter.isUsed ? { isPrivate: true } : {}) },
    <>
      <Head title={<bdi>#{tag.displayName}</bdi>}>
        <TagActions path={pathOf(tag)} tag={details} />
      </Head>
      <Refused refusal={refusal} />
      <TagUse history={details.history} />
      <TagFilterForm path={pathOf(tag)} filter={filter} />
      {filter.problems.length === 0 && (
        <StatusList statuses={statuses} context="public">
          <NothingHere page={wanted}>{messages.t(filter.isUsed ? 'tags.nothingFits' : 'tags.empty')}</NothingHere>
        </StatusList>
      )}
      <Pagination path={pathWith(pathOf(tag), filter)} page={wanted} cursors={ids} />
    </>,
    refusal ? statusOf(refusal) : filter.problems.length > 0 ? 422 : 200,
  )
}
