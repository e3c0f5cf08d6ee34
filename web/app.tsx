/** The website: pages for people, complete without scripts. */
import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import { assets } from './assets.ts'
import { compressPages } from './compress.ts'
import type { Env } from './env.ts'
import { errorPage } from './errors.tsx'
import { verifyForms } from './forms.ts'
import { secureHeaders } from './headers.ts'
import { media } from './media.ts'
import { about } from './pages/about.tsx'
import { accounts } from './pages/accounts.tsx'
import { admin } from './pages/admin/index.tsx'
import { approvals } from './pages/approvals.tsx'
import { bookmarks } from './pages/bookmarks.tsx'
import { compose } from './pages/compose/index.tsx'
import { confirm } from './pages/confirm.tsx'
import { draftPages } from './pages/drafts.tsx'
import { edits } from './pages/edit.tsx'
import { explore } from './pages/explore.tsx'
import { factorSteps } from './pages/factor.tsx'
import { filePages } from './pages/file.tsx'
import { firstStepForms } from './pages/first-steps.tsx'
import { histories } from './pages/history.tsx'
import { home } from './pages/home.tsx'
import { interactions } from './pages/interact.tsx'
import { logins } from './pages/login.tsx'
import { more } from './pages/more.tsx'
import { notificationRequests } from './pages/notification-requests.tsx'
import { notifications } from './pages/notifications.tsx'
import { oauthAuthorize } from './pages/oauth-authorize.tsx'
import { passkeyLogIns } from './pages/passkey-log-in.tsx'
import { passwords } from './pages/password.tsx'
import { policies } from './pages/policy.tsx'
import { profiles } from './pages/profile.tsx'
import { proofs } from './pages/prove.tsx'
import { firstSignIns } from './pages/providers/first.tsx'
import { providerVisits } from './pages/providers/visit.tsx'
import { remoteInteraction } from './pages/remote-interaction.tsx'
import { visitorReports } from './pages/report.tsx'
import { scheduledPages } from './pages/scheduled.tsx'
import { searches } from './pages/search.tsx'
import { settings } from './pages/settings/index.tsx'
import { setup } from './pages/setup.tsx'
import { signUps } from './pages/sign-up.tsx'
import { statusActions } from './pages/status-actions.tsx'
import { statusPages } from './pages/status.tsx'
import { transparency } from './pages/transparency/index.tsx'
import { undoAddress } from './pages/undo-address.tsx'
import { unsubscribes } from './pages/unsubscribe.tsx'
import { remoteMedia } from './remote-media.ts'
import { speak, withSession } from './session.ts'

/**
 * The routes for browsers. They answer every request, unknown ones with a "not found" page, so they are mounted last.
 *
 * @returns routes that expect a `RequestEnv`; without it all visitors share their limits
 */
export function pages(app: App): Hono<Env> {
  const site = new Hono<Env>()
  site.onError((error, c) => errorPage(error, c))
  site.use(async (c, next) => {
    c.set('app', app)
    // Everybody is a visitor until the cookie is read, so that errors of files have pages, too.
    c.set('session', { token: null, login: null, viewer: null })
    speak(c)
    await next()
  })
  site.use(compressPages)
  site.use(secureHeaders)
  site.route('/', assets)
  site.route('/', media)
  site.route('/', remoteMedia)

  site.use(withSession)
  // Mail programs post here without a cookie: the signed link itself is the authorization.
  site.route('/', unsubscribes)
  site.use(verifyForms)
  for (const part of [
    home,
    explore,
    setup,
    signUps,
    logins,
    passkeyLogIns,
    factorSteps,
    firstSignIns,
    providerVisits,
    passwords,
    proofs,
    undoAddress,
    confirm,
    oauthAuthorize,
    compose,
    draftPages,
    scheduledPages,
    edits,
    interactions,
    remoteInteraction,
    statusActions,
    policies,
    approvals,
    accounts,
    bookmarks,
    firstStepForms,
    more,
    notificationRequests,
    notifications,
    searches,
    settings,
    admin,
    visitorReports,
    about,
    transparency,
    filePages,
    statusPages,
    histories,
    profiles,
  ]) {
    site.route('/', part)
  }
  site.all('*', () => {
    throw notFound()
  })
  return site
}
