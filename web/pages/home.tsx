import { Hono } from 'hono'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { hasOwner } from '#src/instance/setup-link.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Composer } from '../components/composer/composer.tsx'
import { newState } from '../components/composer/state.ts'
import { Icon } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'
import { firstSteps } from './first-steps.tsx'

/** The start page: the viewer's home timeline, or a welcome page for visitors. */
export const home = new Hono<Env>().get('/', (c) => (c.var.session.viewer ? timeline(c) : welcome(c)))

async function timeline(c: C): Promise<Response> {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId
  if (!viewer) return welcome(c)
  const wanted = pageOf(c)
  const [ids, own, settings] = await Promise.all([
    homeTimeline(app.db, viewer, wanted),
    loadOwnProfile(app.db, viewer),
    loadSettings(app.db),
  ])
  const statuses = await loadStatusViews(app.db, viewer, ids)
  const isFirst = !wanted.maxId && !wanted.minId
  return page(
    c,
    'Home',
    <>
      <Head title="Home" />
      {isFirst && firstSteps(c, own)}
      {isFirst && (
        <Composer
          state={newState(own)}
          maxFiles={settings.maxMediaAttachments}
          zone={own?.timeZone ?? null}
          isCompact
        />
      )}
      <StatusList statuses={statuses} context="home">
        <p>Your timeline is empty so far.</p>
        <p>
          Say hello above, see what is going on under <a href="/explore">Explore</a>, or{' '}
          <a href="/search">find people</a> to follow, here or on any other server.
        </p>
      </StatusList>
      <Pagination path="/" page={wanted} cursors={ids} />
    </>,
  )
}

async function welcome(c: C): Promise<Response> {
  const { app, session } = c.var
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
        <p class="lead">{settings.description}</p>
        {!session.login && (
          <p class="hero-buttons">
            {settings.registrations !== 'closed' && (
              <a href="/signup" class="button button-large">
                {settings.registrations === 'approval' ? 'Ask to join' : 'Join in'}
              </a>
            )}
            <a href="/login" class="button button-quiet button-large">
              Log in
            </a>
          </p>
        )}
        <p class="hint">
          Follow people here and on thousands of other servers of the fediverse. No ads, no tracking, nothing is sorted
          for you.
        </p>
      </section>
      <h2 class="section-title">What people here say</h2>
      <StatusList statuses={statuses}>
        Nobody has said anything yet. That’s how every good conversation starts.
      </StatusList>
      {statuses.length > 0 && (
        <p class="more">
          <a href="/explore">More</a>
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
  return page(
    c,
    { title: 'Welcome to Pipit', isPrivate: true, isAlone: true },
    <div class="calm">
      <Icon name="bird" />
      <h1>Pipit is running</h1>
      <p>
        Next comes the owner’s account. Where you started Pipit, it printed a link that ends in{' '}
        <code>/setup?token=…</code>. Open that link in this browser.
      </p>
      <p class="hint">
        Or make the account on the command line:{' '}
        <code>npx pipit accounts create NAME --email ADDRESS --confirmed --role owner</code>
      </p>
    </div>,
  )
}
