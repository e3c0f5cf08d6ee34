import type { Child, FC } from 'hono/jsx'
import { scriptUrls, styleUrl } from '../assets.ts'
import { AccountStatusBanner } from './account-status.tsx'
import { profilePath, Avatar, Name } from './account.tsx'
import { Form } from './form.tsx'
import { Icon, type IconName, Sprite } from './icons.tsx'
import { type PageContext, useMessages, usePage } from './page-context.ts'

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
  return (
    <html lang={page.messages.locale} data-zone={page.knowsTimeZone ? undefined : 'unknown'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f4eee2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171511" media="(prefers-color-scheme: dark)" />
        <title>{meta.title === settings.title ? settings.title : `${meta.title} · ${settings.title}`}</title>
        <link rel="stylesheet" href={styleUrl} />
        <script type="module" src={scriptUrls.site} />
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/static/icon-180.png" />
        <OpenGraph meta={meta} siteName={settings.title} />
      </head>
      <body class={me ? 'with-me' : 'with-visitor'}>
        <Sprite />
        <a href="#main" class="skip">
          {t('layout.skip')}
        </a>
        <div class="frame">
          <header class="side">
            <a href="/" class="brand">
              <Icon name="bird" />
              <bdi>{settings.title}</bdi>
            </a>
            {me ? <OwnNavigation me={me} here={page.here} /> : !meta.isAlone && <VisitorNavigation page={page} />}
          </header>
          <main id="main" tabindex={-1}>
            <AccountStatusBanner />
            {children}
          </main>
          {!meta.isAlone && <Rail />}
        </div>
      </body>
    </html>
  )
}

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

const Entry: FC<{ href: string; icon: IconName; here: string; count?: number; class?: string; children?: Child }> = ({
  href,
  icon,
  here,
  count,
  class: className,
  children,
}) => (
  <li class={className}>
    <a href={href} {...(here.split('?')[0] === href ? { 'aria-current': 'page' as const } : {})}>
      <Icon name={icon} />
      <span class="nav-label">{children}</span>
      {count ? <span class="badge">{count > 99 ? '99+' : count}</span> : null}
    </a>
  </li>
)

const OwnNavigation: FC<{ me: NonNullable<PageContext['me']>; here: string }> = ({ me, here }) => (
  <>
    <nav class="main-nav" aria-label="Main">
      <ul>
        <Entry href="/" icon="home" here={here}>
          Home
        </Entry>
        <Entry href="/explore" icon="explore" here={here}>
          Explore
        </Entry>
        <Entry href="/notifications" icon="bell" here={here} count={me.unread}>
          Notifications
        </Entry>
        <Entry href={profilePath(me.account)} icon="person" here={here}>
          Profile
        </Entry>
        <Entry href="/compose" icon="pen" here={here} class="nav-compose">
          New post
        </Entry>
      </ul>
    </nav>
    <nav class="tools" aria-label="More">
      <ul>
        <Entry href="/search" icon="search" here={here} class="narrow-only">
          Search
        </Entry>
        <Entry href="/bookmarks" icon="bookmark" here={here}>
          Bookmarks
        </Entry>
        {me.followRequests > 0 || me.account.isLocked ? (
          <Entry href="/follow-requests" icon="people" here={here} count={me.followRequests} class="wide-only">
            Follow requests
          </Entry>
        ) : null}
        <Entry href="/settings/profile" icon="settings" here={here}>
          Settings
        </Entry>
        {me.viewer.role !== 'user' && (
          <Entry href="/admin" icon="shield" here={here}>
            Administration
          </Entry>
        )}
      </ul>
    </nav>
    <div class="self">
      <a href={profilePath(me.account)} class="person-link">
        <Avatar account={me.account} size="small" />
        <span class="person-names">
          <Name account={me.account} />
          <span class="handle">@{me.account.acct}</span>
        </span>
      </a>
      <Form action="/logout">
        <button type="submit" class="button-icon" aria-label="Log out" title="Log out">
          <Icon name="leave" />
        </button>
      </Form>
    </div>
  </>
)

const VisitorNavigation: FC<{ page: PageContext }> = ({ page }) => (
  <>
    <nav class="main-nav" aria-label="Main">
      <ul>
        <Entry href="/" icon="home" here={page.here}>
          Welcome
        </Entry>
        <Entry href="/explore" icon="explore" here={page.here}>
          Explore
        </Entry>
        <Entry href="/search" icon="search" here={page.here}>
          Search
        </Entry>
        <Entry href="/about" icon="info" here={page.here}>
          About
        </Entry>
      </ul>
    </nav>
    <div class="visitor-buttons">
      {page.accountStatus ? (
        <Form action="/logout">
          <button type="submit" class="button button-quiet">
            Log out
          </button>
        </Form>
      ) : (
        <>
          {page.settings.registrations !== 'closed' && (
            <a href="/signup" class="button">
              Sign up
            </a>
          )}
          <a
            href={
              page.here === '/' || /^\/(login|signup|password|reset|confirm|setup)/.test(page.here)
                ? '/login'
                : `/login?return_to=${encodeURIComponent(page.here)}`
            }
            class="button button-quiet"
          >
            Log in
          </a>
        </>
      )}
    </div>
  </>
)

/** The column on the right of wide screens: search, and the instance's description. */
const Rail: FC = () => {
  const { settings, handleHost } = usePage()
  return (
    <aside class="rail" aria-label="Search and about">
      <SearchBox />
      <section class="rail-about">
        <h2>
          <bdi>{settings.title}</bdi>
        </h2>
        <p>{settings.description}</p>
        <p class="handle">{handleHost}</p>
      </section>
      <p class="small-print">
        <a href="/about">About</a> · Runs on Pipit
      </p>
    </aside>
  )
}

export const SearchBox: FC<{ value?: string; id?: string; autofocus?: boolean }> = ({
  value = '',
  id = 'rail-search',
  autofocus,
}) => (
  <form action="/search" class="search" role="search">
    <label for={id} class="unseen">
      People, posts and hashtags
    </label>
    <Icon name="search" />
    <input
      id={id}
      type="search"
      name="q"
      value={value}
      placeholder="Name, #tag or link"
      maxlength={500}
      autocapitalize="none"
      autofocus={autofocus}
    />
  </form>
)

/** The head of a page's column. */
export const Head: FC<{ title: string; children?: Child }> = ({ title, children }) => (
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
