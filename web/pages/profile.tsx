import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { accountByHandle } from '#src/accounts/find.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { visitAccount } from '#src/incoming/refresh-accounts.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { type AccountFilter, accountTimeline } from '#src/reading/timelines/account.ts'
import { visibleRelations } from '#src/relationships/lists.ts'
import { loadRelationships, type RelationshipView } from '#src/relationships/views.ts'
import { pinnedStatuses } from '#src/statuses/interactions/pin.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { AccountRow, avatarUrl, nameOf, profilePath } from '../components/account.tsx'
import { Thumbs } from '../components/files/thumbs.tsx'
import { type Meta, Tabs } from '../components/layout.tsx'
import { covered, isCovered, LimitedNotice, shownPath } from '../components/limited-profile.tsx'
import { OnlyKnownHere } from '../components/only-known-here.tsx'
import { useMessages } from '../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { ProfileHead } from '../components/profile-head.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'
import { Familiar, familiarPeople } from './profile/familiar.tsx'
import { profileTabs } from './profile/tabs.ts'

const filters = {
  '': { excludeReplies: true },
  '/with_replies': {},
  '/media': { onlyMedia: true, excludeReblogs: true },
} as const satisfies Record<string, AccountFilter>

/** Profile pages: `/@alice`, and `/@bob@remote.example` for a remote account. */
export const profiles = new Hono<Env>()
  .get('/:at{@[^/]+}', (c) => postsPage(c, ''))
  .get('/:at{@[^/]+}/with_replies', (c) => postsPage(c, '/with_replies'))
  .get('/:at{@[^/]+}/media', (c) => postsPage(c, '/media'))
  .get('/:at{@[^/]+}/followers', (c) => peoplePage(c, 'followers'))
  .get('/:at{@[^/]+}/following', (c) => peoplePage(c, 'following'))

type Shown = { account: AccountView; relationship: RelationshipView | undefined }

/** The account of a profile's path, and the viewer's relationship to it. @throws Refusal `not_found` or `gone` */
export async function loadShown(c: C): Promise<Shown> {
  const { app, session } = c.var
  const handle = parseHandle(c.req.param('at') ?? '')
  const id = handle && (await accountByHandle(app.db, app.uris.localised(handle)))
  if (!id) throw notFound()
  const [[account], [relationship]] = await Promise.all([
    loadAccountViews(app.db, [id]),
    session.viewer ? loadRelationships(app.db, session.viewer.accountId, [id]) : [],
  ])
  if (!account) throw notFound()
  if (account.suspendedAt || account.deletedAt) throw new Refusal('gone', 'This account is gone')
  return { account, relationship }
}

/** A limited profile, for visitors who did not ask yet to see it. */
export function coveredPage(c: C, { account, relationship }: Shown): Promise<Response> {
  const bare = covered(account)
  return page(
    c,
    { ...metaOf(c, bare), isPrivate: true },
    <>
      <ProfileHead account={bare} relationship={relationship} />
      <LimitedNotice account={account} show={`${c.req.path}?show=1`} />
    </>,
  )
}

async function postsPage(c: C, tab: keyof typeof filters): Promise<Response> {
  const { app, session } = c.var
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const viewer = session.viewer?.accountId ?? null
  const isFilling = viewer !== null && (await visitAccount(app.db, account.id))
  const wanted = pageOf(c)
  const ids = await accountTimeline(app.db, viewer, account.id, filters[tab], wanted)
  const isFirst = tab === '' && wanted.maxId === undefined && wanted.minId === undefined
  const pinned = isFirst ? await pinnedStatuses(app.db, viewer, account.id) : []
  const shown = await loadStatusViews(app.db, viewer, [...pinned, ...ids.filter((id) => !pinned.includes(id))])
  const familiar = isFirst ? await familiarPeople(c, account) : null
  const path = profilePath(account)
  const { t } = c.var.messages
  const none = (
    <NothingHere page={wanted}>
      <NoPosts account={account} relationship={relationship} isFilling={isFilling} />
    </NothingHere>
  )
  return page(
    c,
    metaOf(c, account),
    <>
      <ProfileHead account={account} relationship={relationship}>
        {familiar && <Familiar account={account} familiar={familiar} />}
      </ProfileHead>
      <LimitedNotice account={account} />
      <Tabs
        label={t('profile.tabs')}
        here={shownPath(c, account, `${path}${tab}`)}
        tabs={await profileTabs(c, account)}
      />
      {tab === '/media' ? (
        <Thumbs statuses={shown}>{none}</Thumbs>
      ) : (
        <StatusList statuses={shown} pinned={pinned} context="account">
          {none}
        </StatusList>
      )}
      <Pagination path={shownPath(c, account, `${path}${tab}`)} page={wanted} cursors={ids} />
      {ids.length > 0 && ids.length < wanted.limit && <OnlyKnownHere account={account} what="posts" />}
    </>,
  )
}

const NoPosts: FC<Shown & { isFilling: boolean }> = ({ account, relationship, isFilling }) => {
  const { t, rich } = useMessages()
  const name = <bdi>{nameOf(account)}</bdi>
  if (relationship?.blocking) return <>{t('profile.youBlock')}</>
  if (relationship?.blockedBy) return <>{t('relations.noPostsBlocked')}</>
  if (isFilling)
    return <>{rich('profile.filling', { name, a: (words) => <a href={profilePath(account)}>{words}</a> })}</>
  if (!account.isLocal && !account.lastStatusAt) return <>{rich('profile.nothingReached', { name })}</>
  return <>{t('profile.nothingToSee')}</>
}

async function peoplePage(c: C, which: 'followers' | 'following'): Promise<Response> {
  const { app, session } = c.var
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const viewer = session.viewer?.accountId ?? null
  const wanted = pageOf(c, 40)
  const related = await visibleRelations(app.db, viewer, account.id, which, wanted)
  const ids = (related ?? []).map(({ accountId }) => accountId)
  const [people, relationships] = await Promise.all([
    loadAccountViews(app.db, ids),
    viewer ? loadRelationships(app.db, viewer, ids) : [],
  ])
  const path = profilePath(account)
  const { t } = c.var.messages
  const title = t(which === 'followers' ? 'profile.followersOf' : 'profile.followedBy', { name: nameOf(account) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <Tabs
        label={t('profile.people')}
        here={`${path}/${which}`}
        tabs={[
          [path, t('profile.tabPosts')],
          [`${path}/followers`, t('profile.tabFollowers')],
          [`${path}/following`, t('profile.tabFollowing')],
        ]}
      />
      <h2 class="unseen">{title}</h2>
      <OnlyKnownHere account={account} what={which} />
      {people.length > 0 ? (
        <div class="people">
          {people.map((person) => (
            <AccountRow account={person} relationship={relationships.find(({ id }) => id === person.id)} />
          ))}
        </div>
      ) : (
        <div class="empty">
          {related === null ? (
            t('profile.hidesLists')
          ) : (
            <NothingHere page={wanted}>{t(account.isLocal ? 'profile.nobodyYet' : 'profile.nobodyKnown')}</NothingHere>
          )}
        </div>
      )}
      <Pagination path={`${path}/${which}`} page={wanted} cursors={(related ?? []).map(({ id }) => id)} />
    </>,
  )
}

function metaOf(c: C, account: AccountView): Meta {
  const { uris } = c.var.app
  const image = avatarUrl(account, uris.remoteFile)
  return {
    title: `${nameOf(account)} (@${account.acct})`,
    description: htmlToText(account.note).slice(0, 300),
    canonical: account.isLocal ? uris.profile(account.username) : account.url,
    activity: account.uri,
    image: image && new URL(image, uris.origin).href,
    type: 'profile',
    isPrivate: !account.isDiscoverable,
  }
}
