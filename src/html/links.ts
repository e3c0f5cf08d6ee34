import { Parser } from 'htmlparser2'

export type HtmlLink = { href: string; classes: string[]; rel: string[] }

/** The links of HTML, in their order. */
export function linksIn(html: string): HtmlLink[] {
  if (!html.includes('<a ')) return []
  const links: HtmlLink[] = []
  const parser = new Parser({
    onopentag(name, { href, class: classes = '', rel = '' }) {
      if (name === 'a' && href) links.push({ href, classes: words(classes), rel: words(rel) })
    },
  })
  parser.end(html)
  return links
}

const words = (list: string): string[] => list.toLowerCase().split(/\s+/).filter(Boolean)
