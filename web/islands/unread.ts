/** The number of unread notifications in the title, the menu and the icon of the page. Pages in other tabs follow. */

const key = 'pipit-unread'
const icons = ['/static/icon.svg', '/static/icon-new.svg'] as const

/** The number that a page shows. */
export const unreadShown = (page: Document): number =>
  Number.parseInt(page.querySelector('.main-nav a[href="/notifications"] .badge')?.textContent ?? '0', 10) || 0

export function showUnread(count: number, isOwn = true): void {
  const words = count > 99 ? '99+' : String(count)
  const title = document.title.replace(/^\(\d+\+?\) /, '')
  document.title = count > 0 ? `(${words}) ${title}` : title
  document.querySelector<HTMLLinkElement>('link[rel=icon]')?.setAttribute('href', icons[count > 0 ? 1 : 0])
  for (const link of document.querySelectorAll('.main-nav a[href="/notifications"]')) {
    const badge = link.querySelector('.badge') ?? document.createElement('span')
    badge.className = 'badge'
    badge.textContent = words
    if (count > 0) link.append(badge)
    else badge.remove()
  }
  if (isOwn) tellOthers(count)
}

/** The account whose number it is: a browser may be logged in to several. */
const account = () => document.querySelector<HTMLAnchorElement>('.self a.person-link')?.pathname ?? ''

function tellOthers(count: number): void {
  try {
    localStorage.setItem(key, JSON.stringify([account(), count]))
  } catch {
    // Without storage, each page learns it from the server.
  }
}

addEventListener('storage', (event) => {
  if (event.key !== key || !event.newValue) return
  const [of, count] = JSON.parse(event.newValue) as [string, number]
  if (of === account()) showUnread(count, false)
})

if (account()) tellOthers(unreadShown(document))
