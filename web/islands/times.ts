/** Shows times in the browser's time zone, on pages for readers whose zone the server does not know: it writes UTC there. */
import type { Locale } from '#src/text/catalogue.ts'
import { formatsIn } from '#src/text/formats.ts'

const root = document.documentElement
const week = 7 * 86_400_000

if (root.dataset['zone'] === 'unknown') {
  const formats = formatsIn(root.lang as Locale, new Intl.DateTimeFormat().resolvedOptions().timeZone)
  const rewrite = () => {
    for (const time of document.querySelectorAll<HTMLTimeElement>('time[title], time[data-exact]')) {
      const at = new Date(time.dateTime)
      const exact = formats.moment(at)
      if (time.hasAttribute('data-exact')) setText(time, exact)
      else if (time.title !== exact) {
        time.title = exact
        // The date of an old post may be another one here; younger ones say how long ago it was, everywhere alike.
        if (Date.now() - at.getTime() >= week) setText(time, formats.ago(at, new Date()))
      }
    }
  }
  rewrite()
  // Other scripts add posts to the page.
  new MutationObserver(rewrite).observe(document.body, { childList: true, subtree: true })
}

function setText(time: HTMLTimeElement, text: string): void {
  if (time.textContent !== text) time.textContent = text
}
