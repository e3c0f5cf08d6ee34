import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { offeredYear } from '#src/instance/annual-reports/offer.ts'
import { hasOwner } from '#src/instance/setup-link.ts'
import { type AccountId, isId, type StatusId, timeOfId } from '#src/platform/ids.ts'
import { unreadAnnouncements } from '#src/reading/announcements/unread.ts'
import { type AnnouncementView, loadAnnouncements } from '#src/reading/announcements/views.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { loadMarkers } from '#src/reading/timelines/markers.ts'
import { placeOn } from '#src/reading/timelines/place.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { AnnouncementNotice } from '../components/announcement.tsx'
import { Composer } from '../components/composer/composer.tsx'
import { newState } from '../components/composer/state.ts'
import { HomePosts, MissedMuch } from '../components/home-place.tsx'
import { Icon } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages, usePage } from '../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { PeopleToFollow } from '../components/rail.tsx'
import { takesAnybody } from '../components/registrations.ts'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { moveMarker } from '../move-marker.ts'
import { page } from '../page.tsx'
import { dismissedSteps, firstSteps, hasStepsLeft } from './first-steps.tsx'

/** The start page: the viewer's home timeline, or a welcome page for visitors. */
export const home = new Hono<Env>().get('/', (c) => (c.var.session.viewer ? timeline(c) : welcome(c)))

async function timeline(c: C): Promise<Response> {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId
  if (!viewer) return welcome(c)
  const wanted = pageOf(c)
  const [ids, markers, own, settings] = await Promise.all([
    homeTimeline(app.db, viewer, wanted),
    loadMarkers(app.db, viewer),
    loadOwnProfile(app.db, viewer),
    loadSettings(app.db),
  ])
  const isFirst = !wanted.maxId && !wanted.minId
  const [statuses, announcements, offered] = await Promise.all([
    loadStatusViews(app.db, viewer, ids),
    isFirst ? noticesFor(c, viewer) : [],
    isFirst ? offeredYear(app.db, viewer) : null,
  ])
  const { t, rich } = c.var.messages
  const marker = (markers.find(({ timeline }) => timeline === 'home')?.lastReadId ?? null) as StatusId | null
  const top = topOf(c)
  const place = placeOn(wanted, ids, marker, top)
  if (place.moveTo) await moveMarker(c, viewer, 'home', place.moveTo)
  // Links to older pages carry the post at the top: what lies between was read when they reach the marker.
  const from = isFirst ? ids[0] : top
  return page(
    c,
    t('home.title'),
    <>
      <Head title={t('home.title')} />
      {announcements.map((announcement) => (
        <AnnouncementNotice announcement={announcement} />
      ))}
      {isFirst && offered !== null && (
        <p class="notice">
          {rich('year.homeOffer', { year: String(offered), a: (words) => <a href={`/year/${offered}`}>{words}</a> })}
        </p>
      )}
      {isFirst && firstSteps(c, own)}
      {isFirst && (
        <Composer
          state={newState(own)}
          maxFiles={settings.maxMediaAttachments}
          zone={own?.timeZone ?? null}
          isCompact
        />
      )}
      {place.isFarBelow && marker && <MissedMuch marker={marker} />}
      {place.stoppedAt ? (
        <HomePosts statuses={statuses} stoppedAt={place.stoppedAt} />
      ) : (
        <StatusList statuses={statuses} context="home">
          <NothingHere page={wanted}>
            <Empty hasSteps={isFirst && own !== null && !dismissedSteps(c)} />
          </NothingHere>
        </StatusList>
      )}
      <Pagination path={from ? `/?top=${from}` : '/'} page={wanted} cursors={ids} />
    </>,
  )
}

/** What stands in place of an empty timeline. The first steps offer the same people, where they are shown. */
const Empty: FC<{ hasSteps: boolean }> = ({ hasSteps }) => {
  const { me, now, rail } = usePage()
  const { t, rich } = useMessages()
  const offersPeople = me && !(hasSteps && hasStepsLeft(me.account, now)) && rail && rail.people.length > 0
  return (
    <>
      <p>{t('home.empty')}</p>
      <p>
        {rich('home.emptyHint', {
          explore: (words) => <a href="/explore">{words}</a>,
          live: (words) => <a href="/public">{words}</a>,
          search: (words) => <a href="/search">{words}</a>,
        })}
      </p>
      {offersPeople && (
        <>
          <p>{t('home.emptyPeople')}</p>
          <PeopleToFollow />
        </>
      )}
    </>
  )
}

/** The announcements that the person has not dismissed. Mostly there are none, which is known without a statement. */
async function noticesFor(c: C, viewer: AccountId): Promise<AnnouncementView[]> {
  const { app } = c.var
  const unread = await unreadAnnouncements(app.db, viewer)
  return unread.length === 0 ? [] : loadAnnouncements(app.db, app.uris, viewer)
}

/** The post at the top of Home when the person began to page down. The marker may move to it, so it is none of the future. */
function topOf(c: C): StatusId | null {
  const top = c.req.query('top') ?? ''
  return isId(top) && timeOfId(top as StatusId) <= new Date() ? (top as StatusId) : null
}

async function welcome(c: C): Promise<Response> {
  const { app, session } = c.var
  const { t } = c.var.messages
  if (!(await isSetUp(c))) return setupPendingPage(c)
  const [settings, ids] = await Promise.all([
    loadSettings(app.db),
    publicTimeline(app.db, null, { from: 'local' }, { limit: 10 }),
  ])
  const statuses = await loadStatusViews(app.db, null, ids)
  return page(
    c,
    {
      title: settings.title,
      description: settings.description,
      canonical: `${app.uris.origin}/`,
      image: `${app.uris.origin}/static/thumbnail.png`,
    },
    <>
      <section class="hero">
        <Icon name="bird" />
        <h1>
          <bdi>{settings.title}</bdi>
        </h1>
        <p class="lead" dir="auto">
          {settings.description}
        </p>
        {!session.login && (
          <p class="hero-buttons">
            {takesAnybody(settings) && (
              <a href="/signup" class="button button-large">
                {t(settings.registrations === 'approval' ? 'home.askToJoin' : 'home.join')}
              </a>
            )}
            <a href="/login" class="button button-quiet button-large">
              {t('layout.logIn')}
            </a>
          </p>
        )}
        <p class="hint">{t('home.pitch')}</p>
      </section>
      <h2 class="section-title">{t('home.saidHere')}</h2>
      <StatusList statuses={statuses} level={3}>
        {t('home.nothingSaid')}
      </StatusList>
      {statuses.length > 0 && (
        <p class="more">
          <a href="/explore">{t('home.more')}</a>
        </p>
      )}
    </>,
  )
}

/** Databases with an owner. An owner is never removed, so the result is kept. */
const withOwner = new WeakSet<object>()

async function isSetUp(c: C): Promise<boolean> {
  const { db } = c.var.app
  if (!withOwner.has(db) && (await hasOwner(db))) withOwner.add(db)
  return withOwner.has(db)
}

/** The start page of an instance without an owner. */
function setupPendingPage(c: C): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('home.setupTitle'), isPrivate: true, isAlone: true },
    <div class="calm">
      <Icon name="bird" />
      <h1>{t('home.running')}</h1>
      <p>{rich('home.setupHint', { link: <code>/setup?token=…</code> })}</p>
      <p class="hint">
        {rich('home.setupByCommand', {
          command: <code>npx pipit accounts create NAME --email ADDRESS --confirmed --role owner</code>,
        })}
      </p>
    </div>,
  )
}
