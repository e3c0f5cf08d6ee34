/** Markdown (CommonMark and strikethrough, no HTML) in the few tags that apps show; mentions, hashtags and links as in plain text. */
import MarkdownIt, { type StateInline, type Token as MarkdownToken } from 'markdown-it'
import { linkUrl } from '../platform/web-url.ts'
import { entityToHtml, namesakes, type Resolved, statusLinkRel } from './entity-html.ts'
import { sanitizeOwnHtml } from './html/sanitize.ts'
import { linkBegins } from './link.ts'
import { type EntityToken, entityAt } from './scan.ts'

const markdown = new MarkdownIt({ html: false, breaks: true, xhtmlOut: true, linkify: false, maxNesting: 20 })
markdown.disable(['table', 'hr', 'lheading'])
markdown.validateLink = (url) => linkUrl(url) !== null
markdown.inline.ruler.before('text', 'entity', entity)
markdown.inline.ruler.at('text', text)
markdown.inline.ruler.before('strikethrough', 'delimiters', tooManyDelimiters)
Object.assign(markdown.renderer.rules, {
  entity: (tokens: MarkdownToken[], index: number) => tokens[index]?.content ?? '',
  heading_open: () => '<p><strong>',
  heading_close: () => '</strong></p>',
  softbreak: () => '<br />',
  hardbreak: () => '<br />',
})

/** Mentions, hashtags and links, except in code and in the text of other links. In the order of the text. */
export function markdownEntities(source: string): EntityToken[] {
  return markdown.parse(source, {}).flatMap((block) => (block.children ?? []).flatMap((token) => entityOf(token) ?? []))
}

/** Safe HTML without line feeds outside of code. */
export function markdownToHtml(source: string, resolved: Resolved): string {
  const blocks = markdown.parse(source, {})
  const entities = blocks.flatMap((block) => (block.children ?? []).flatMap((token) => entityOf(token) ?? []))
  const ambiguous = namesakes(entities, resolved)
  for (const block of blocks) {
    if (block.children)
      block.children = reduced(block.children, (found) =>
        entityToHtml(found, resolved, ambiguous, { linkRel: statusLinkRel }),
      )
  }
  const html = markdown.renderer.render(blocks, markdown.options, {})
  return sanitizeOwnHtml(
    html.replace(/\n+(<\/code>|<|[^<\n]|$)/g, (feeds, next: string) => (next === '' || next === '<' ? next : feeds)),
  )
}

/** Entities as HTML, links with our attributes, images as links. */
function reduced(tokens: MarkdownToken[], toHtml: (entity: EntityToken) => string): MarkdownToken[] {
  let linkDepth = 0
  return tokens.flatMap((token) => {
    const found = entityOf(token)
    if (found) token.content = toHtml(found)
    if (token.type === 'image') return imageAsLink(token, linkDepth > 0)
    if (token.type === 'link_close') linkDepth -= 1
    if (token.type === 'link_open') {
      linkDepth += 1
      asOurLink(token, String(token.attrGet('href')))
    }
    return token
  })
}

function imageAsLink(image: MarkdownToken, insideLink: boolean): MarkdownToken[] {
  const Token = image.constructor as new (type: string, tag: string, nesting: -1 | 0 | 1) => MarkdownToken
  const source = String(image.attrGet('src'))
  const label = new Token('text', '', 0)
  label.content = image.content || source
  if (insideLink) return [label]
  const open = new Token('link_open', 'a', 1)
  asOurLink(open, source)
  return [open, label, new Token('link_close', 'a', -1)]
}

function asOurLink(token: MarkdownToken, href: string): void {
  token.attrs = [
    ['href', href],
    ['target', '_blank'],
    ['rel', statusLinkRel],
  ]
}

const entityOf = (token: MarkdownToken): EntityToken | null =>
  token.type === 'entity' ? (token.meta as EntityToken) : null

/** Inline rule: takes a whole entity at once, so that `_` and `*` inside of names and URLs are no emphasis. */
function entity(state: StateInline, silent: boolean): boolean {
  if (state.linkLevel > 0) return false
  const found = entityAt(state.src, state.pos)
  if (!found || state.pos + found.text.length > state.posMax) return false
  if (!silent && found.type === 'text') state.pending += found.text
  else if (!silent) state.push('entity', '', 0).meta = found
  state.pos += found.text.length
  return true
}

/** Beginnings and ends of emphasis in a paragraph: pairing them takes time that grows with the square of their number. */
const maxDelimiters = 400

/** Inline rule: beyond that number, such characters are text. */
function tooManyDelimiters(state: StateInline, silent: boolean): boolean {
  const run = /[*_~]+/y
  run.lastIndex = state.pos
  const found = state.delimiters.length < maxDelimiters ? null : run.exec(state.src)
  if (!found) return false
  const end = Math.min(run.lastIndex, state.posMax)
  if (!silent) state.pending += state.src.slice(state.pos, end)
  state.pos = end
  return true
}

/** Characters at which other inline rules may begin, and the beginning of a URL. The scan goes on after the first character. */
const ruleBegins = new RegExp(`[\\n!#＃$%&*+\\-:<=>@[\\\\\\]^_\`{}~]|${linkBegins}`, 'giu')

/** Inline rule: takes text up to where another rule may begin. Replaces markdown-it's own, which runs over `http`. */
function text(state: StateInline, silent: boolean): boolean {
  ruleBegins.lastIndex = state.pos
  let found = ruleBegins.exec(state.src)
  if (found?.index === state.pos) {
    if (found[0].length === 1) return false
    found = ruleBegins.exec(state.src)
  }
  const end = Math.min(found?.index ?? state.posMax, state.posMax)
  if (!silent) state.pending += state.src.slice(state.pos, end)
  state.pos = end
  return true
}
