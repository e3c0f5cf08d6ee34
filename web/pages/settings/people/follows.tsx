import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import {
  dormantDays,
  followFilters,
  followOrders,
  type FollowQuery,
  ownFollows,
} from '#src/relationships/own-follows.ts'
import { loadRelationships, type RelationshipView } from '#src/relationships/views.ts'
import { nameOf, profilePath } from '../../../components/account.tsx'
import { Field, Select } from '../../../components/form.tsx'
import { useFormats, useMessages } from '../../../components/page-context.ts'
import { pageOf, Pagination } from '../../../components/pagination.tsx'
import { PickList } from '../../../components/pick-list.tsx'
import type { C, Env } from '../../../env.ts'
import { requireViewer, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { PeopleHead } from '../people-head.tsx'
import { actOnPicked, listPath, Outcome, pageSize } from './pick.tsx'

type Side = 'follows' | 'followers'

/** The people whom a person follows, and their followers, to look through and tidy up. */
export const ownFollowPages = new Hono<Env>()
  .get('/settings/follows', requireViewer, (c) => followsPage(c, 'follows'))
  .post('/settings/follows', requireViewer, (c) => actOnPicked(c, '/settings/follows', { unfollow }))
  .get('/settings/followers', requireViewer, (c) => followsPage(c, 'followers'))
  .post('/settings/followers', requireViewer, (c) =>
    actOnPicked(
      c,
      '/settings/followers',
      { remove: rejectFollow, follow: (tx, me, target) => followBack(c, tx, me, target) },
      { follow: 'follows' },
    ),
  )

/** Follows a follower. @throws Refusal `not_found` for somebody else, and as `follow` */
async function followBack(c: C, tx: Parameters<typeof follow>[0], me: AccountId, target: AccountId): Promise<void> {
  const [relationship] = await loadRelationships(tx, me, [target])
  if (!relationship?.followedBy) throw notFound()
  if (relationship.following || relationship.requested) return
  await follow(tx, c.var.app.uris, me, target)
}

function queryIn(c: C): FollowQuery {
  const [order, filter] = [c.req.query('order'), c.req.query('show')]
  return {
    order: followOrders.find((one) => one === order) ?? 'newest',
    filter: followFilters.find((one) => one === filter) ?? 'all',
    text: (c.req.query('q') ?? '').trim().slice(0, 200),
  }
}

/** The path of a list with its query, for the links to other pages of it. */
function pathWith(side: Side, { order, filter, text }: FollowQuery): string {
  const query = new URLSearchParams()
  if (text !== '') query.set('q', text)
  if (order !== 'newest') query.set('order', order)
  if (filter !== 'all') query.set('show', filter)
  return query.size > 0 ? `/settings/${side}?${query}` : `/settings/${side}`
}

async function followsPage(c: C, side: Side): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const query = queryIn(c)
  const wanted = pageOf(c, pageSize)
  const found = await ownFollows(db, accountId, side, query, wanted)
  const ids = found.map((row) => row.accountId)
  const [people, relationships] = await Promise.all([loadAccountViews(db, ids), loadRelationships(db, accountId, ids)])
  const { t } = c.var.messages
  const title = t(side === 'follows' ? 'relations.follows' : 'relations.followers')
  const isFiltered = query.text !== '' || query.filter !== 'all'
  return page(
    c,
    title,
    <>
      <PeopleHead here={`/settings/${side}`} />
      <h2 class="unseen">{title}</h2>
      <Outcome c={c} />
      <Search side={side} query={query} />
      {people.length === 0 ? (
        <div class="empty">
          {t(
            isFiltered
              ? 'relations.nobodyMatches'
              : side === 'follows'
                ? 'relations.noFollows'
                : 'relations.noFollowers',
          )}
        </div>
      ) : (
        <PickList
          action={`/settings/${side}`}
          label={title}
          back={listPath(c)}
          people={people}
          factsOf={(account) => (
            <Facts account={account} relationship={relationships.find(({ id }) => id === account.id)} side={side} />
          )}
          buttons={
            side === 'follows'
              ? [{ name: 'unfollow', label: t('relations.unfollowPicked') }]
              : [
                  { name: 'follow', label: t('relations.followPicked'), class: 'button' },
                  { name: 'remove', label: t('relations.removePicked') },
                ]
          }
        />
      )}
      <Pagination path={pathWith(side, query)} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
  )
}

const Search: FC<{ side: Side; query: FollowQuery }> = ({ side, query }) => {
  const { t } = useMessages()
  return (
    <form action={`/settings/${side}`} class="sheet follow-search" aria-label={t('relations.search')}>
      <Field name="q" type="search" label={t('relations.searchText')} value={query.text} maxlength={200} />
      <Select
        name="show"
        label={t('relations.show')}
        value={query.filter}
        options={followFilters.map((filter) => [filter, t(`relations.show_${filter}`, { days: dormantDays })])}
      />
      <Select
        name="order"
        label={t('relations.order')}
        value={query.order}
        options={followOrders.map((order) => [order, t(`relations.order_${order}`)])}
      />
      <button type="submit" class="button button-quiet">
        {t('relations.searchNow')}
      </button>
    </form>
  )
}

const Facts: FC<{ account: AccountView; relationship: RelationshipView | undefined; side: Side }> = ({
  account,
  relationship,
  side,
}) => {
  const { t, rich } = useMessages()
  const formats = useFormats()
  // Only its day is kept.
  const { lastStatusAt, moved } = account
  return (
    <ul class="applicant-facts">
      <li>{lastStatusAt ? t('relations.lastPost', { day: formats.day(lastStatusAt) }) : t('relations.noPost')}</li>
      {side === 'follows' && relationship?.followedBy && <li>{t('profile.followsYou')}</li>}
      {side === 'followers' && relationship?.following && <li>{t('relations.youFollow')}</li>}
      {side === 'followers' && relationship?.requested && <li>{t('relations.youAsked')}</li>}
      {side === 'follows' && relationship?.notifies && <li>{t('relations.notifies')}</li>}
      {side === 'follows' && relationship && !relationship.showsReblogs && <li>{t('relations.hidesBoosts')}</li>}
      {moved && (
        <li>
          {rich('relations.movedTo', {
            account: (
              <a href={profilePath(moved)}>
                <bdi>{nameOf(moved)}</bdi>
              </a>
            ),
          })}
        </li>
      )}
      {side === 'follows' && (
        <li>
          <a href={`/accounts/${account.id}/following?return_to=/settings/follows`}>{t('relations.followOptions')}</a>
        </li>
      )}
    </ul>
  )
}
