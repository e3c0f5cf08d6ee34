import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type AccountView, loadAccountMap } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import {
  catchUp,
  type CatchUpStart,
  catchUpStarts,
  type Missed,
  type MissedPost,
  missedSince,
} from '#src/reading/timelines/catch-up.ts'
import { withoutHidden } from '#src/statuses/views/filters.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { Name, profilePath } from '../components/account.tsx'
import { NoticeBox } from '../components/form.tsx'
import { Icon } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { Status, statusPath } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { moveMarker } from '../move-marker.ts'
import { page } from '../page.tsx'

const path = '/catch-up'
const pageSize = 40

/** What a person missed on Home, as a list that ends. */
export const catchUps = new Hono<Env>().get(path, requireViewer, async (c) => {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const asked = c.req.query('from') ?? 'visit'
  const start = catchUpStarts.find((one) => one === asked)
  if (!start) throw notFound()
  const missed = spanOf(c)
  // The span stands in the address, so that the pages belong together, and the way back leads to the same list.
  if (!missed) return c.redirect(pathOf(start, await missedSince(db, accountId, start)), 302)
  return catchUpPage(c, start, missed)
})

function spanOf(c: C): Missed | null {
  const { since, until } = c.req.query()
  if (since === undefined && until === undefined) return null
  if (!since || !until || !isId(since) || !isId(until)) throw notFound()
  return { since: since as StatusId, until: until as StatusId }
}

const pathOf = (start: CatchUpStart, { since, until }: Missed, number = 1): string =>
  `${path}?${new URLSearchParams({ from: start, since, until, ...(number > 1 ? { page: String(number) } : {}) })}`

async function catchUpPage(c: C, start: CatchUpStart, missed: Missed): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const { t } = c.var.messages
  const { posts, newest, isCut } = await catchUp(db, accountId, missed)
  const last = Math.max(1, Math.ceil(posts.length / pageSize))
  const number = Number(c.req.query('page') ?? 1)
  if (!Number.isInteger(number) || number < 1 || number > last) throw notFound()
  const shown = posts.slice((number - 1) * pageSize, number * pageSize)
  const [views, accounts] = await Promise.all([
    loadStatusViews(
      db,
      accountId,
      shown.map(({ id }) => id),
    ),
    loadAccountMap(
      db,
      shown.flatMap(({ boosterIds }) => boosterIds),
    ),
  ])
  const byId = new Map(withoutHidden(views, 'home').map((view) => [view.id, view]))
  const isEnd = number === last
  if (isEnd && newest) await moveMarker(c, accountId, 'home', newest)
  return page(
    c,
    t('catchUp.title'),
    <>
      <Head title={t('catchUp.title')}>
        <Starts start={start} />
      </Head>
      <p class="hint catch-up-lead">
        {t('catchUp.lead')} {posts.length > 0 && t('catchUp.count', { count: posts.length })}
      </p>
      {isCut && number === 1 && <NoticeBox>{t('catchUp.cut')}</NoticeBox>}
      {shown.length > 0 && (
        <div class="feed">
          {shown.map((post) => {
            const view = byId.get(post.id)
            return view && <Missed post={post} status={view.reblog ?? view} accounts={accounts} />
          })}
        </div>
      )}
      {isEnd && <End isEmpty={posts.length === 0} />}
      <Pages start={start} missed={missed} number={number} last={last} />
    </>,
  )
}

const Starts: FC<{ start: CatchUpStart }> = ({ start }) => {
  const { t } = useMessages()
  return (
    <nav class="tabs" aria-label={t('catchUp.starts')}>
      {catchUpStarts.map((one) => (
        <a href={`${path}?from=${one}`} {...(one === start ? { 'aria-current': 'page' as const } : {})}>
          {t(`catchUp.${one}`)}
        </a>
      ))}
    </nav>
  )
}

type MissedProps = { post: MissedPost; status: StatusView; accounts: ReadonlyMap<AccountId, AccountView> }

/** A post, who boosted it, and what was folded into it. */
const Missed: FC<MissedProps> = ({ post, status, accounts }) => {
  const { t } = useMessages()
  const boosters = post.boosterIds.flatMap((id) => accounts.get(id) ?? [])
  return (
    <div class="missed">
      {boosters.length > 0 && <Boosters boosters={boosters} />}
      <Status status={status} context="home" />
      {post.moreInThread > 0 && (
        <p class="missed-more">
          <a href={statusPath(status)}>{t('catchUp.moreInThread', { count: post.moreInThread })}</a>
        </p>
      )}
      {post.moreWithLink > 0 && <p class="missed-more">{t('catchUp.moreWithLink', { count: post.moreWithLink })}</p>}
    </div>
  )
}

/** Boosters whose names are said; the others are counted. */
const maxNames = 3

const Boosters: FC<{ boosters: AccountView[] }> = ({ boosters }) => {
  const { rich } = useMessages()
  const more = boosters.length - maxNames
  const list = boosters.slice(0, maxNames).map((account, i) => (
    <>
      {i > 0 && ', '}
      <a href={profilePath(account)}>
        <Name account={account} />
      </a>
    </>
  ))
  const names = more > 0 ? <>{rich('catchUp.othersToo', { names: <>{list}</>, more })}</> : <>{list}</>
  return (
    <p class="post-reason missed-boosters">
      <Icon name="boost" />
      <span>{rich('catchUp.boostedBy', { names })}</span>
    </p>
  )
}

const End: FC<{ isEmpty: boolean }> = ({ isEmpty }) => {
  const { t, rich } = useMessages()
  return (
    <div class="empty missed-end">
      <p>
        <strong>{t('catchUp.end')}</strong>
      </p>
      {isEmpty && <p>{t('catchUp.nothing')}</p>}
      <p>{rich('catchUp.endHint', { home: (words) => <a href="/">{words}</a> })}</p>
    </div>
  )
}

const Pages: FC<{ start: CatchUpStart; missed: Missed; number: number; last: number }> = ({
  start,
  missed,
  number,
  last,
}) => {
  const { t } = useMessages()
  if (last === 1) return null
  return (
    <nav class="pagination" aria-label={t('common.pages')}>
      {number > 1 && (
        <a href={pathOf(start, missed, number - 1)} rel="prev">
          {t('catchUp.previous')}
        </a>
      )}
      {number < last && (
        <a href={pathOf(start, missed, number + 1)} rel="next">
          {t('catchUp.next')}
        </a>
      )}
    </nav>
  )
}
