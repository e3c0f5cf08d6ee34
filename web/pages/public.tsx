import { Hono } from 'hono'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Chip, Chips } from '../components/chips.tsx'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'
import { ExploreHead } from './discover/tabs.tsx'

const origins = { here: 'local', elsewhere: 'remote' } as const
type From = keyof typeof origins | 'all'

const names = {
  all: 'discover.fromAll',
  here: 'discover.fromHere',
  elsewhere: 'discover.fromElsewhere',
} as const satisfies Record<From, string>

/** What the page shows: posts from which servers, and whether only those with files. */
type Shown = { from: From; media: boolean }

/** The public timeline, newest first, without replies to others. */
export const publicPages = new Hono<Env>()
  .get('/public', (c) => timeline(c))
  // The place of the timeline of all known servers in former versions.
  .get('/explore/everywhere', (c) => c.redirect('/public', 301))

async function timeline(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t } = messages
  const viewer = session.viewer?.accountId ?? null
  const shown = shownIn(c)
  const wanted = pageOf(c)
  const filter = { ...(shown.from === 'all' ? {} : { from: origins[shown.from] }), onlyMedia: shown.media }
  const ids = await publicTimeline(app.db, viewer, filter, wanted)
  const statuses = await loadStatusViews(app.db, viewer, ids)
  const path = pathOf(shown)
  const chip = (from: From) => (
    <Chip href={pathOf({ ...shown, from })} isChosen={shown.from === from}>
      {t(names[from])}
    </Chip>
  )
  return page(
    c,
    { title: t('discover.publicTitle', { from: shown.from }), canonical: `${app.uris.origin}${path}` },
    <>
      <ExploreHead here="/public" />
      <div class="chip-rows">
        <Chips label={t('discover.where')}>
          {chip('all')}
          {chip('here')}
          {chip('elsewhere')}
        </Chips>
        <Chips label={t('discover.kind')}>
          <Chip href={pathOf({ ...shown, media: !shown.media })} isChosen={shown.media}>
            {t('discover.onlyMedia')}
          </Chip>
        </Chips>
      </div>
      <StatusList statuses={statuses} context="public">
        <NothingHere page={wanted}>
          {t('discover.emptyPublic', { from: shown.from, media: shown.media ? 'yes' : 'no' })}
        </NothingHere>
      </StatusList>
      <Pagination path={path} page={wanted} cursors={ids} />
    </>,
  )
}

function shownIn(c: C): Shown {
  const from = c.req.query('from')
  return { from: from === 'here' || from === 'elsewhere' ? from : 'all', media: c.req.query('media') === '1' }
}

function pathOf({ from, media }: Shown): string {
  const query = new URLSearchParams({
    ...(from === 'all' ? {} : { from }),
    ...(media ? { media: '1' } : {}),
  }).toString()
  return query ? `/public?${query}` : '/public'
}
