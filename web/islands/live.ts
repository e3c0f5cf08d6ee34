/**
 * Keeps a logged-in page up to date: the number of unread notifications in title, menu and icon, and "3 new posts" above a
 * timeline, which loads them. The stream is open while the page is seen, and some minutes longer.
 */
import { say } from './say.ts'
import { adoptSymbols } from './symbols.ts'
import { showUnread, unreadShown } from './unread.ts'

const box = document.getElementById('live')
/** A page that nobody sees gives its stream up after this time. */
const hiddenMs = 5 * 60_000
const [shortestMs, longestMs] = [2_000, 5 * 60_000]
/** A stream that lasted so long was a good one. */
const steadyMs = 30_000
/** Pages of newer posts that one click reads. */
const mostPages = 5

let source: EventSource | null = null
let failures = 0
let retry = 0
let hiding = 0
let news = 0

/** The stream of the posts on this page; null where new posts are not shown. */
function streamHere(): string | null {
  const { pathname, search } = location
  const query = new URLSearchParams(search)
  if (['max_id', 'min_id', 'show'].some((name) => query.has(name))) return null
  if (pathname === '/') return 'stream=user'
  const list = /^\/lists\/(\d+)$/.exec(pathname)?.[1]
  if (list) return `stream=list&list=${list}`
  if (pathname !== '/public') return null
  const from = { here: ':local', elsewhere: ':remote' }[query.get('from') ?? ''] ?? ''
  return `stream=public${from}${query.has('media') ? ':media' : ''}`
}
const posts = streamHere()
const isNotices = location.pathname === '/notifications' && location.search === ''

function open(): void {
  if (source || document.hidden || !box) return
  clearTimeout(retry)
  const opened = (source = new EventSource(`/live${posts ? `?${posts}` : ''}`))
  const since = performance.now()
  opened.addEventListener('unread', ({ data }) => showUnread(Number(data)))
  opened.addEventListener('update', () => {
    if (posts) announce(news + 1)
  })
  opened.addEventListener('notification', () => {
    if (isNotices) announce(news + 1)
  })
  opened.addEventListener('error', () => {
    close()
    failures = performance.now() - since > steadyMs ? 0 : failures + 1
    const wait = Math.min(longestMs, shortestMs * 2 ** failures)
    retry = window.setTimeout(open, wait * (0.5 + Math.random() / 2))
  })
}

function close(): void {
  source?.close()
  source = null
  clearTimeout(retry)
}

/** Says how many new entries there are, with a button that shows them. */
function announce(count: number): void {
  news = count
  if (!box) return
  const forms = JSON.parse((isNotices ? box.dataset['notices'] : box.dataset['posts']) ?? '{}') as Record<
    string,
    string
  >
  const form = forms[new Intl.PluralRules(document.documentElement.lang).select(count)] ?? forms['other'] ?? '#'
  let button = box.querySelector('button')
  if (count === 0) return button?.remove()
  if (!button) {
    button = document.createElement('button')
    button.type = 'button'
    button.className = 'button live-button'
    button.setAttribute('data-load-new', '')
    button.addEventListener('click', () => void load())
    box.append(button)
  }
  button.textContent = form.replace('#', String(count))
}

let isLoading = false

async function load(): Promise<void> {
  if (isLoading) return
  isLoading = true
  const hadFocus = box?.contains(document.activeElement) ?? false
  try {
    const first = await (isNotices ? loadNotices() : loadPosts())
    announce(0)
    if (!hadFocus || !first) return
    first.tabIndex = -1
    first.focus({ preventScroll: true })
  } catch (error) {
    // `fetch` throws so when the network is away. Otherwise, the page as a whole has what is new.
    if (error instanceof TypeError) say(document.getElementById('act')?.dataset['offline'] ?? '')
    else location.assign(location.pathname + location.search)
  } finally {
    isLoading = false
  }
}

async function read(path: string): Promise<Document> {
  const answer = await fetch(path)
  if (!answer.ok || answer.redirected) throw new Error('The page has moved')
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  adoptSymbols(page)
  return page
}

const feed = () => document.querySelector<HTMLElement>('main .feed')

/** Puts the posts above the newest one on the page. Returns the first. */
async function loadPosts(): Promise<HTMLElement | null> {
  for (let pages = 0; pages < mostPages; pages++) {
    const newest = /^post-(\d+)$/.exec(feed()?.querySelector('article.post')?.id ?? '')?.[1]
    if (!newest) throw new Error('The page has no posts yet')
    const url = new URL(location.href)
    url.searchParams.set('min_id', newest)
    const page = await read(url.pathname + url.search)
    const fresh = [...page.querySelectorAll<HTMLElement>('main .feed > article.post')].filter(
      ({ id }) => !document.getElementById(id),
    )
    keepingPlace(() => feed()?.prepend(...fresh))
    if (!page.querySelector('.pagination [rel=prev]')) return feed()?.querySelector<HTMLElement>('article.post') ?? null
  }
  throw new Error('More is new than fits on a page')
}

/** Shows the newest notifications in place of those on the page, as one that was there may have grown. Returns the first. */
async function loadNotices(): Promise<HTMLElement | null> {
  const page = await read('/notifications')
  const fresh = page.querySelector('main .feed')
  const old = feed()
  if (!fresh || !old) throw new Error('The page has no notifications yet')
  const focused = document.activeElement?.closest('article')?.id
  keepingPlace(() => old.replaceWith(fresh))
  if (focused) {
    const again = document.getElementById(focused)
    if (again) again.tabIndex = -1
    again?.focus({ preventScroll: true })
  }
  showUnread(unreadShown(page))
  return feed()?.querySelector<HTMLElement>('article') ?? null
}

/** Whoever sees the top sees what is new there; whoever reads further down goes on reading the same. */
function keepingPlace(change: () => void): void {
  const isAtTop = (box?.getBoundingClientRect().bottom ?? 0) > 0
  const before = scrollY
  change()
  if (isAtTop) scrollTo({ top: before, behavior: 'instant' })
}

if (box && 'EventSource' in window) {
  const list = document.querySelector('main .feed')
  if (list) list.before(box)
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding)
    if (document.hidden) hiding = window.setTimeout(close, hiddenMs)
    else open()
  })
  // An open stream would keep the page out of the cache for the way back.
  addEventListener('pagehide', close)
  addEventListener('pageshow', open)
  addEventListener('online', open)
  if (document.readyState === 'complete') open()
}
