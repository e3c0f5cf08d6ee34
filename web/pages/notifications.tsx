import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { byAge, isId, type NotificationId } from '#src/platform/ids.ts'
import { clearNotifications, dismissGroup } from '#src/reading/notifications/dismiss.ts'
import {
  accountsOfGroup,
  reactionsOf,
  type Groups,
  loadGroup,
  loadGroupPage,
  loadGroupReactions,
} from '#src/reading/notifications/groups.ts'
import { pendingRequests } from '#src/reading/notifications/requests.ts'
import { loadMarkers } from '#src/reading/timelines/markers.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { AccountRow } from '../components/account.tsx'
import { Form } from '../components/form.tsx'
import { Icon } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { NotificationEntry } from '../components/notifications/entry.tsx'
import { everyKind, isKind, type Kind, kinds } from '../components/notifications/kinds.ts'
import { NotificationList } from '../components/notifications/list.tsx'
import { groupPath } from '../components/notifications/sentence.tsx'
import { useMessages } from '../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import type { C, Env } from '../env.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { moveMarker } from '../move-marker.ts'
import { page } from '../page.tsx'

/** Notifications in groups, by kind, and everybody who is in a group. */
export const notifications = new Hono<Env>()
  .get('/notifications', requireViewer, (c) => listPage(c))
  .get('/notifications/clear', requireViewer, (c) => clearPage(c))
  .post('/notifications/clear', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => clearNotifications(tx, viewerOf(c).accountId))
    return c.redirect('/notifications', 303)
  })
  .get('/notifications/groups/:key', requireViewer, (c) => groupPage(c))
  .post('/notifications/groups/:key/dismiss', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => dismissGroup(tx, viewerOf(c).accountId, c.req.param('key')))
    return backTo(c, '/notifications')
  })

async function listPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c)
  const show = c.req.query('show') ?? ''
  const kind = isKind(show) ? show : null
  const [found, markers, waiting] = await Promise.all([
    loadGroupPage(
      db,
      accountId,
      kind ? { ...kinds[kind], types: [...kinds[kind].types] } : everyKind,
      undefined,
      wanted,
    ),
    loadMarkers(db, accountId),
    wanted.maxId || kind ? null : pendingRequests(db, accountId),
  ])
  const reactions = await loadGroupReactions(db, found.groups)
  const read = readBefore(c, markers.find(({ timeline }) => timeline === 'notifications')?.lastReadId ?? '0')
  const [newest] = found.cursors
  if (newest && byAge(newest, read as NotificationId) > 0 && !kind && !wanted.maxId && !wanted.minId)
    await moveMarker(c, accountId, 'notifications', newest)
  const { t } = c.var.messages
  const path = `/notifications?${new URLSearchParams({ ...(kind ? { show: kind } : {}), read })}`
  return page(
    c,
    t('notifications.title'),
    <>
      <Head title={t('notifications.title')}>
        <a href="/settings/notifications" class="button button-quiet">
          <Icon name="sliders" /> {t('notifications.policy')}
        </a>
        <Kinds kind={kind} />
      </Head>
      {waiting && waiting.pendingRequests > 0 && <Waiting people={waiting.pendingRequests} />}
      <List found={found} isNew={(id) => BigInt(id) > BigInt(read)} reactions={reactions}>
        <NothingHere page={wanted}>{t(kind ? 'notifications.emptyKind' : 'notifications.empty')}</NothingHere>
      </List>
      <Pagination path={path} page={wanted} cursors={found.cursors} />
      {found.groups.length > 0 && (
        <p class="more">
          <a href="/notifications/clear">{t('notifications.clear')}</a>
        </p>
      )}
    </>,
  )
}

/** What the person had read before this visit. Links to older pages carry it, as the first page moves the marker. */
function readBefore(c: C, marker: string): string {
  const carried = c.req.query('read') ?? ''
  return (carried === '0' || isId(carried)) && BigInt(carried) < BigInt(marker) ? carried : marker
}

type ListProps = {
  found: Groups
  reactions: Awaited<ReturnType<typeof loadGroupReactions>>
  isNew: (latestId: string) => boolean
  children?: Child
}

const List: FC<ListProps> = ({ found, reactions, isNew, children }) =>
  found.groups.length > 0 ? (
    <NotificationList found={found} reactions={reactions} isNew={isNew} />
  ) : (
    <div class="empty">{children}</div>
  )

const Kinds: FC<{ kind: Kind | null }> = ({ kind }) => {
  const { t } = useMessages()
  const current = (isHere: boolean) => (isHere ? { 'aria-current': 'page' as const } : {})
  return (
    <nav class="tabs tabs-many" aria-label={t('notifications.kinds')}>
      <a href="/notifications" {...current(kind === null)}>
        {t('notifications.all')}
      </a>
      {(Object.keys(kinds) as Kind[]).map((name) => (
        <a href={`/notifications?show=${name}`} {...current(kind === name)}>
          {t(`notifications.${name}`)}
        </a>
      ))}
    </nav>
  )
}

const Waiting: FC<{ people: number }> = ({ people }) => {
  const { t } = useMessages()
  return (
    <div class="notice notice-step">
      <p>{t('notifications.waiting', { people })}</p>
      <a href="/notifications/requests" class="button button-quiet">
        {t('notifications.look')}
      </a>
    </div>
  )
}

function clearPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    t('notifications.clearTitle'),
    <>
      <Head title={t('notifications.clearTitle')} />
      <Form action="/notifications/clear" class="sheet">
        <p>{t('notifications.clearEffect')}</p>
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('notifications.clear')}
          </button>
          <a href="/notifications" class="button button-quiet">
            {t('notifications.keep')}
          </a>
        </div>
      </Form>
    </>,
  )
}

/** A group with everybody in it. */
async function groupPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const key = c.req.param('key') ?? ''
  const wanted = pageOf(c, 40)
  const [found, members] = await Promise.all([
    loadGroup(db, accountId, key),
    accountsOfGroup(db, accountId, key, wanted),
  ])
  if (!found) throw notFound()
  const ids = members.map((one) => one.accountId)
  const [reactions, accounts, relationships] = await Promise.all([
    loadGroupReactions(db, found.groups),
    loadAccountViews(db, ids),
    loadRelationships(db, accountId, ids),
  ])
  const { t } = c.var.messages
  const [group] = found.groups
  return page(
    c,
    t('notifications.groupTitle'),
    <>
      <Head title={t('notifications.groupTitle')} />
      <div class="feed notes">
        <NotificationEntry group={group} accounts={found.accounts} reactions={reactionsOf(group, reactions)} isWhole />
      </div>
      {!group.strike && !group.severance && (
        <>
          <h2 class="section-title">{t('notifications.allPeople', { count: group.count })}</h2>
          <div class="people">
            {accounts.map((account) => (
              <AccountRow account={account} relationship={relationships.find(({ id }) => id === account.id)} />
            ))}
          </div>
        </>
      )}
      <Pagination path={groupPath(key)} page={wanted} cursors={members.map(({ id }) => id)} />
    </>,
  )
}
