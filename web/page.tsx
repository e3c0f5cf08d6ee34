import { createHash } from 'node:crypto'
import type { Child } from 'hono/jsx'
/** Renders pages: data that all pages share is loaded at once, then rendering needs no further query. */
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import type { BrowserSession } from '#src/accounts/sessions/browser-sessions.ts'
import type { SessionViewer } from '#src/accounts/sessions/sessions.ts'
import { countApplicants } from '#src/accounts/sign-up/applicants.ts'
import { loadAccountMap } from '#src/accounts/views.ts'
import { countOpenReports } from '#src/moderation/reports/queue.ts'
import { countAppeals, countReviews } from '#src/moderation/waiting.ts'
import type { Reader } from '#src/platform/db/index.ts'
import { unreadAnnouncements } from '#src/reading/announcements/unread.ts'
import { countApprovals } from '#src/reading/approvals.ts'
import { countUnreadConversations } from '#src/reading/conversations/statuses.ts'
import { countUnreadGroups } from '#src/reading/notifications/groups.ts'
import { translatable } from '#src/reading/translate.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Sprite } from './components/icons.tsx'
import { Layout, type Meta } from './components/layout.tsx'
import { everyKind } from './components/notifications/kinds.ts'
import { type PageContext, PageProvider } from './components/page-context.ts'
import type { C } from './env.ts'
import { ownPath } from './forms.ts'
import { loadRail } from './rail.ts'
import { formToken, otherSessions } from './session.ts'

/** Answers with a page. `meta` may be just its title. */
export async function page(
  c: C,
  meta: Meta | string,
  body: Child,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  // Visitors see them where they log in; other pages for visitors are the same for all.
  const others = c.var.session.login || c.req.path === '/login' ? await otherSessions(c) : []
  const context = await loadContext(c, others)
  return render(c, context, typeof meta === 'string' ? { title: meta } : meta, body, status)
}

/** Answers a script with elements of a page, and the drawings that they refer to. */
export async function fragment(c: C, body: Child): Promise<Response> {
  const context = await loadContext(c)
  return c.html(
    String(
      <PageProvider value={context}>
        {body}
        <Sprite />
      </PageProvider>,
    ),
  )
}

async function loadContext(c: C, others: readonly BrowserSession[] = []): Promise<PageContext> {
  const { app, session } = c.var
  const [settings, { rail, views }, counts, translates] = await Promise.all([
    loadSettings(app.db),
    loadRail(c).then(async (rail) => {
      const shown = [session.viewer, ...others].flatMap((one) => one?.accountId ?? [])
      return { rail, views: await loadAccountMap(app.db, [...shown, ...(rail?.people ?? [])]) }
    }),
    session.viewer && loadCounts(app.db, session.viewer),
    translatable(app, c.var.messages.locale),
  ])
  const account = session.viewer && views.get(session.viewer.accountId)
  return {
    ...bareContext(c),
    settings,
    translates,
    me: session.viewer && account && counts ? { viewer: session.viewer, account, ...counts } : null,
    rail: rail && { tags: rail.tags, people: rail.people.flatMap((id) => views.get(id) ?? []) },
    others: others.flatMap(({ accountId }) => views.get(accountId) ?? []),
    accountStatus: session.login && accountStatusOf(session.login),
    preferences: session.login ?? defaultPreferences,
  }
}

/** The menu says 99+ for more groups of unread notifications. */
const mostUnread = 100
/** Every page counts them, so that a person who never reads theirs must not cost more. */
const unreadLookedAt = 500

/** The counts of the navigation. */
async function loadCounts(
  db: Reader,
  { accountId, permissions }: SessionViewer,
): Promise<Omit<NonNullable<PageContext['me']>, 'viewer' | 'account'>> {
  const [unread, approvals, conversations, announcements, applicants, reports, appeals, reviews] = await Promise.all([
    countUnreadGroups(db, accountId, mostUnread, everyKind, undefined, unreadLookedAt),
    countApprovals(db, accountId),
    countUnreadConversations(db, accountId),
    unreadAnnouncements(db, accountId),
    hasPermission(permissions, 'manage_users') ? countApplicants(db) : 0,
    hasPermission(permissions, 'manage_reports') ? countOpenReports(db) : 0,
    hasPermission(permissions, 'manage_appeals') ? countAppeals(db) : 0,
    hasPermission(permissions, 'manage_users') ? countReviews(db) : 0,
  ])
  return { unread, approvals, conversations, announcements, applicants, reports, appeals: appeals + reviews }
}

const defaultPreferences = {
  appearance: 'system',
  textSize: 'medium',
  mediaDisplay: 'default',
  expandsWarnings: false,
  autoplaysLoops: false,
  usesSingleKeys: true,
} as const

/** The path of the page that is shown, or that shows a refused form again. */
export function pathOf(c: C): string {
  const url = new URL(c.req.url)
  if (c.req.method === 'GET') return `${url.pathname}${url.search}`
  const from = URL.parse(c.req.header('Referer') ?? '')
  const isOwn = from?.origin === url.origin || from?.origin === c.var.app.config.origin
  return from && isOwn ? ownPath(`${from.pathname}${from.search}`) : url.pathname
}

/** A context without data from the database, for when that is unreachable. */
function bareContext(c: C): PageContext {
  const { config, uris } = c.var.app
  return {
    settings: { title: 'Pipit', description: '', registrations: 'closed', showsTransparency: false },
    origin: config.origin,
    handleHost: config.handleHost,
    here: pathOf(c),
    now: new Date(),
    messages: c.var.messages,
    formats: c.var.formats,
    knowsTimeZone: Boolean(c.var.session.login?.timeZone),
    remoteFile: uris.remoteFile,
    me: null,
    rail: null,
    others: [],
    accountStatus: null,
    preferences: defaultPreferences,
    translates: () => false,
    isRefused: false,
    formToken: () => formToken(c),
    used: { icons: new Set(), hasActions: false, hasFiles: false, waitSeconds: null },
  }
}

/** A page that needs no database. */
export function barePage(c: C, title: string, body: Child, status: ContentfulStatusCode): Response {
  return render(c, { ...bareContext(c), formToken: () => '' }, { title }, body, status)
}

function render(c: C, context: PageContext, meta: Meta, body: Child, status: ContentfulStatusCode): Response {
  // All forms of a page share one token, which is made for the first of them.
  let token: string | undefined
  const formToken = () => (token ??= context.formToken())
  const html = String(
    <PageProvider value={{ ...context, formToken, isRefused: c.req.method === 'POST' && status >= 400 }}>
      <Layout meta={meta}>{body}</Layout>
    </PageProvider>,
  )
  // The same URL has other content for other people, and in other languages.
  c.header('Vary', 'Cookie, Accept, Accept-Language')
  if (status === 429 && !c.res.headers.has('Retry-After'))
    c.header('Retry-After', String(context.used.waitSeconds ?? 900))
  // The answer to a form is about the person who sent it, even where nobody is logged in.
  const isPublic = c.req.method !== 'POST' && status === 200 && !context.accountStatus && token === undefined
  return isPublic ? revalidated(c, `<!doctype html>${html}`) : c.html(`<!doctype html>${html}`, status)
}

/** A page that is the same for all visitors: 304 without a body if the browser has it already. */
function revalidated(c: C, html: string): Response {
  // Weak, as the same page is sent in several codings.
  const tag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
  c.header('ETag', tag)
  c.header('Cache-Control', 'public, max-age=0, must-revalidate')
  const known = c.req
    .header('If-None-Match')
    ?.split(',')
    .map((part) => part.trim())
  return known?.includes(tag) ? c.body(null, 304) : c.html(html)
}
