import type { Child, FC } from 'hono/jsx'
import { firstAdminPage } from '../admin-pages.ts'
import { scriptUrls, styleUrl } from '../assets.ts'
import { AccountStatusBanner } from './account-status.tsx'
import { Avatar, Handle, Name, profilePath } from './account.tsx'
import { ActionForm, Form } from './form.tsx'
import { Icon, type IconName, Sprite } from './icons.tsx'
import { Live } from './live.tsx'
import { type PageContext, useKeepsSingleKeys, useMessages, usePage } from './page-context.ts'
import { RailParts } from './rail.tsx'
import { takesAnybody } from './registrations.ts'
import { AccountsMenu, LogOutButtons, OtherAccounts } from './switcher.tsx'

/** Metadata of a page for search engines, other sites and other servers. */
export type Meta = {
  title: string
  description?: string
  image?: string | null
  /** Absolute URL of the page itself. */
  canonical?: string
  /** ActivityPub id of the page's account or status. */
  activity?: string
  /** oEmbed URL, by which other sites embed the page (https://oembed.com). */
  oembed?: string
  type?: 'article' | 'profile' | 'website'
  /** Keeps the page out of search engines. */
  isPrivate?: boolean
  /** Leaves out navigation, as there are no other pages yet. */
  isAlone?: boolean
}

type Props = { meta: Meta; children?: Child }

export const Layout: FC<Props> = ({ meta, children }) => {
  const page = usePage()
  const { t } = useMessages()
  const { settings, me } = page
  const unread = me?.unread ?? 0
  return (
    <html
      lang={page.messages.locale}
      data-appearance={page.preferences.appearance}
      data-text-size={page.preferences.textSize}
      data-zone={page.knowsTimeZone ? undefined : 'unknown'}
      data-single-keys={useKeepsSingleKeys() ? (page.preferences.usesSingleKeys ? 'on' : 'off') : undefined}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <Colours appearance={page.preferences.appearance} />
        <title>
          {unread > 0 && `(${short(unread)}) `}
          {t(
            meta.title === settings.title ? 'layout.ownTitle' : page.isRefused ? 'layout.refusedTitle' : 'layout.title',
            { page: meta.title, site: settings.title },
          )}
        </title>
        <link rel="stylesheet" href={styleUrl} />
        <script type="module" src={scriptUrls.site} />
        <link rel="icon" href={unread > 0 ? '/static/icon-new.svg' : '/static/icon.svg'} type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/static/icon-180.png" />
        <OpenGraph meta={meta} siteName={settings.title} />
      </head>
      <body class={me ? 'with-me' : 'with-visitor'}>
        <a href="#main" class="skip">
          {t('layout.skip')}
        </a>
        <div class="frame">
          <header class="side">
            <a href="/" class="brand">
              <Icon name="bird" />
              <bdi>{settings.title}</bdi>
            </a>
            {me ? <OwnNavigation me={me} /> : !meta.isAlone && <VisitorNavigation page={page} />}
          </header>
          <main id="main" tabindex={-1}>
            <AccountStatusBanner />
            {me && <Live />}
            {children}
          </main>
          {!meta.isAlone && <Rail />}
        </div>
        <ActionForm />
        <FilesScript />
        <Sprite />
      </body>
    </html>
  )
}

/** The script of files, on pages that have some. As a component of its own it is rendered after them. */
const FilesScript: FC = () => (usePage().used.hasFiles ? <script type="module" src={scriptUrls.files} /> : null)

/** Tells the browser which colours its own parts take, before the style sheet is there. */
const Colours: FC<{ appearance: PageContext['preferences']['appearance'] }> = ({ appearance }) =>
  appearance === 'system' ? (
    <>
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content={paper.light} media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content={paper.dark} media="(prefers-color-scheme: dark)" />
    </>
  ) : (
    <>
      <meta name="color-scheme" content={appearance} />
      <meta name="theme-color" content={paper[appearance]} />
    </>
  )

/** `--paper` of the style sheet. */
const paper = { light: '#f4eee2', dark: '#171511' }

const OpenGraph: FC<{ meta: Meta; siteName: string }> = ({ meta, siteName }) => (
  <>
    {meta.isPrivate && <meta name="robots" content="noindex" />}
    {meta.description && <meta name="description" content={meta.description} />}
    {meta.canonical && (
      <>
        <link rel="canonical" href={meta.canonical} />
        <meta property="og:url" content={meta.canonical} />
        <meta property="og:title" content={meta.title} />
        <meta property="og:site_name" content={siteName} />
        <meta property="og:type" content={meta.type ?? 'website'} />
        {meta.description && <meta property="og:description" content={meta.description} />}
        {meta.image && <meta property="og:image" content={meta.image} />}
        <meta name="twitter:card" content="summary" />
      </>
    )}
    {meta.activity && <link rel="alternate" type="application/activity+json" href={meta.activity} />}
    {meta.oembed && <link rel="alternate" type="application/json+oembed" href={meta.oembed} />}
  </>
)

type EntryProps = {
  href: string
  icon: IconName
  count?: number | undefined
  class?: string | undefined
  /** The paths of its section, if it leads to more than its own page. */
  section?: RegExp | undefined
  children?: Child
}

/** A count in the menu and the title. */
const short = (count: number): string => (count > 99 ? '99+' : String(count))

/** A link of the navigation, marked if it leads to this page or to its section. */
export const Entry: FC<EntryProps> = ({ href, icon, count, class: className, section, children }) => {
  const path = usePage().here.split('?')[0] ?? ''
  const current = path === href ? 'page' : section?.test(path) ? 'true' : undefined
  return (
    <li class={className}>
      <a href={href} aria-current={current}>
        <Icon name={icon} />
        <span class="nav-label">{children}</span>
        {count ? <span class="badge">{short(count)}</span> : null}
      </a>
    </li>
  )
}

const OwnNavigation: FC<{ me: NonNullable<PageContext['me']> }> = ({ me }) => {
  const { others, messages } = usePage()
  const { t } = messages
  const leave = others.length > 0 ? t('switcher.logOut', { name: me.account.username }) : t('layout.logOut')
  return (
    <>
      <nav class="main-nav" aria-label={t('layout.mainNavigation')}>
        <ul>
          <Entry href="/" icon="home">
            {t('layout.home')}
          </Entry>
          <Entry href="/explore" icon="explore">
            {t('layout.explore')}
          </Entry>
          <Entry href="/notifications" icon="bell" count={me.unread} section={/^\/notifications\//}>
            {t('layout.notifications')}
          </Entry>
          <Entry href={profilePath(me.account)} icon="person" class="wide-only">
            {t('layout.profile')}
          </Entry>
          <Entry href="/compose" icon="pen" class="nav-compose">
            {t('layout.compose')}
          </Entry>
          <Entry
            href="/more"
            icon="more"
            count={me.approvals + me.conversations + me.announcements.length + waitingForStaff(me)}
            class="narrow-only"
          >
            {t('layout.more')}
          </Entry>
        </ul>
      </nav>
      <nav class="tools" aria-label={t('layout.toolsNavigation')}>
        <ul>
          <Entry href="/search" icon="search" class="until-rail">
            {t('layout.search')}
          </Entry>
          <MoreEntries me={me} class="wide-only" />
        </ul>
      </nav>
      <div class="self">
        <a href={profilePath(me.account)} class="person-link">
          <Avatar account={me.account} size="small" />
          <span class="person-names">
            <Name account={me.account} />
            <Handle account={me.account} />
          </span>
        </a>
        <AccountsMenu />
        <Form action="/logout">
          <button class="button-icon" aria-label={leave} title={leave}>
            <Icon name="leave" />
          </button>
        </Form>
      </div>
    </>
  )
}

/** The number of what waits for the member of staff. */
const waitingForStaff = ({ applicants, reports, appeals }: NonNullable<PageContext['me']>): number =>
  applicants + reports + appeals

/** The entries that stand in the column of wide screens, and on a page of their own on phones. */
export const MoreEntries: FC<{ me: NonNullable<PageContext['me']>; class?: string }> = ({ me, class: className }) => {
  const { t } = useMessages()
  const admin = firstAdminPage(me.viewer.permissions)
  return (
    <>
      <Entry href="/catch-up" icon="inbox" class={className}>
        {t('catchUp.title')}
      </Entry>
      <Entry href="/bookmarks" icon="bookmark" class={className}>
        {t('layout.bookmarks')}
      </Entry>
      <Entry href="/favourites" icon="favourite" class={className}>
        {t('bookmarks.favourites')}
      </Entry>
      <Entry
        href="/conversations"
        icon="direct"
        count={me.conversations}
        class={className}
        section={/^\/conversations\//}
      >
        {t('conversations.title')}
      </Entry>
      <Entry href="/lists" icon="bars" class={className} section={/^\/lists\//}>
        {t('lists.title')}
      </Entry>
      <Entry href="/collections" icon="people" class={className} section={/^\/collections\//}>
        {t('collections.title')}
      </Entry>
      <Entry href="/drafts" icon="note" class={className}>
        {t('layout.drafts')}
      </Entry>
      <Entry href="/scheduled" icon="clock" class={className}>
        {t('layout.scheduled')}
      </Entry>
      <Entry href="/approvals" icon="check" count={me.approvals} class={className}>
        {t('layout.approvals')}
      </Entry>
      <Entry href="/announcements" icon="megaphone" count={me.announcements.length} class={className}>
        {t('layout.announcements')}
      </Entry>
      <Entry href="/settings/preferences" icon="sliders" class={className}>
        {t('layout.preferences')}
      </Entry>
      <Entry href="/settings/profile" icon="settings" class={className} section={/^\/settings\/(?!preferences$)/}>
        {t('layout.settings')}
      </Entry>
      {admin && (
        <Entry href={admin} icon="shield" count={waitingForStaff(me)} class={className} section={/^\/admin(\/|$)/}>
          {t('layout.admin')}
        </Entry>
      )}
    </>
  )
}

const VisitorNavigation: FC<{ page: PageContext }> = ({ page }) => {
  const { t } = useMessages()
  return (
    <>
      <nav class="main-nav" aria-label={t('layout.mainNavigation')}>
        <ul>
          <Entry href="/" icon="home">
            {t('layout.welcome')}
          </Entry>
          <Entry href="/explore" icon="explore">
            {t('layout.explore')}
          </Entry>
          <Entry href="/search" icon="search">
            {t('layout.search')}
          </Entry>
          <Entry href="/about" icon="info">
            {t('layout.about')}
          </Entry>
        </ul>
      </nav>
      <div class="visitor-buttons">
        {page.accountStatus ? (
          <>
            <OtherAccounts class="accounts" />
            <LogOutButtons class="button button-quiet" />
          </>
        ) : (
          <>
            {takesAnybody(page.settings) && (
              <a href="/signup" class="button">
                {t('layout.signUp')}
              </a>
            )}
            <a href={logInPath(page.here)} class="button button-quiet">
              {t('layout.logIn')}
            </a>
          </>
        )}
      </div>
    </>
  )
}

const logInPath = (here: string): string =>
  here === '/' || /^\/(login|signup|invite|password|reset|confirm|setup)/.test(here)
    ? '/login'
    : `/login?return_to=${encodeURIComponent(here)}`

/** The column on the right of wide screens: search, what goes on, and the instance's description. */
const Rail: FC = () => {
  const { settings, handleHost, me } = usePage()
  const { t, rich } = useMessages()
  return (
    <aside class="rail" aria-label={t('layout.rail')}>
      <SearchBox />
      <RailParts />
      <section class="rail-about">
        <h2>
          <bdi>{settings.title}</bdi>
        </h2>
        <p dir="auto">{settings.description}</p>
        <p class="handle">{handleHost}</p>
      </section>
      <p class="small-print">
        {rich('layout.smallPrint', {
          about: (words) => <a href="/about">{words}</a>,
          figures: (words) => <a href="/about/transparency">{words}</a>,
          has: settings.showsTransparency ? 'figures' : 'none',
        })}
        {me && (
          <>
            {' · '}
            <a href="/keyboard">{t('keyboard.title')}</a>
          </>
        )}
      </p>
    </aside>
  )
}

export const SearchBox: FC<{ value?: string; id?: string; autofocus?: boolean }> = ({
  value = '',
  id = 'rail-search',
  autofocus,
}) => {
  const { t } = useMessages()
  return (
    <form
      action="/search"
      class="search"
      role="search"
      aria-label={t(id === 'rail-search' ? 'layout.searchRail' : 'layout.search')}
    >
      <label for={id} class="unseen">
        {t('layout.searchLabel')}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        name="q"
        value={value}
        placeholder={t('layout.searchPlaceholder')}
        maxlength={500}
        autocapitalize="none"
        autofocus={autofocus}
      />
    </form>
  )
}

/** The head of a page's column. */
export const Head: FC<{ title: Child; children?: Child }> = ({ title, children }) => (
  <header class="head">
    <h1>{title}</h1>
    {children}
  </header>
)

/** Links between pages of the same level. */
export const Tabs: FC<{ label: string; here: string; tabs: readonly (readonly [path: string, label: string])[] }> = ({
  label,
  here,
  tabs,
}) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(([path, text]) => (
      <a href={path} {...(here === path || here.split('?')[0] === path ? { 'aria-current': 'page' as const } : {})}>
        {text}
      </a>
    ))}
  </nav>
)
