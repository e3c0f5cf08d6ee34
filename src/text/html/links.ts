import { readTags } from './tags.ts'

export type HtmlLink = { href: string; classes: string[]; rel: string[] }

/** The links of HTML, in their order. */
export function htmlLinksIn(html: string): HtmlLink[] {
  if (!html.includes('<a ')) return []
  const links: HtmlLink[] = []
  readTags(html, {
    onOpen(name, { href, class: classes = '', rel = '' }) {
      if (name === 'a' && href) links.push({ href, classes: words(classes), rel: words(rel) })
    },
  })
  return links
}

const words = (list: string): string[] => list.toLowerCase().split(/\s+/).filter(Boolean)
