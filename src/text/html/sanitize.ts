/**
 * Makes HTML safe to put into a page: an allow-list of tags, classes and protocols of links. It runs when HTML arrives and again
 * whenever it is shown, so doing it twice gives the same as once.
 */
import sanitize from 'sanitize-html'
import { linkUrl, otherSchemes } from '../../platform/web-url.ts'
import { plainText } from '../clean.ts'
import { withoutBlank } from './blank.ts'
import { escapeText } from './escape.ts'
import { mathAsSource } from './math.ts'

/** UTF-16 units that are read; the rest is cut off. */
const maxLength = 200_000

/** Visible characters of an address that is no link here. */
const maxAddress = 200

/** Deeper input is no text of a person, and the parser's time grows with its depth: all of its tags are removed. */
const maxDepth = 128

/** Tags nested deeper than this are left out, their text stays. */
const maxKeptDepth = 32

/** Room for the closing tags of elements that a cut leaves open. */
const cutMargin = 1000

const allowedTags = [
  'p',
  'br',
  'a',
  'span',
  'strong',
  'em',
  'del',
  'u',
  'b',
  'i',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ruby',
  'rt',
  'rp',
]

/** Elements that begin a line of their own: their text would run into that of their neighbours. */
const blocks = [
  'div',
  'section',
  'article',
  'aside',
  'main',
  'header',
  'footer',
  'figure',
  'figcaption',
  'details',
  'summary',
  'table',
  'caption',
  'tr',
  'td',
  'th',
  'dl',
  'dt',
  'dd',
  'center',
  'address',
]

/** Tags whose content is not meant to be read. */
const unreadTags = [
  'script',
  'style',
  'textarea',
  'option',
  'xmp',
  'noscript',
  'iframe',
  'noembed',
  'noframes',
  'template',
  'title',
]

/** Microformats, and classes that apps know from Mastodon. */
const allowedClasses = [
  /^(?:h|p|u|dt|e)-[A-Za-z0-9-]{1,64}$/,
  'mention',
  'hashtag',
  'ellipsis',
  'invisible',
  'quote-inline',
]

type Attributes = Record<string, string>
/** The attributes of a link besides `href` and `class`, from its original ones. */
type LinkRule = (attributes: Attributes) => Attributes

/** HTML from other servers: statuses, biographies, field values. All links open apart and vouch for nothing. */
export function sanitizeHtml(html: string): string {
  return bounded(html, foreignLink)
}

/** HTML that this server made from the text of a local account; links keep the attributes from `render`, `rel="me"` included. */
export function sanitizeOwnHtml(html: string): string {
  return bounded(html, ownLink)
}

function bounded(html: string, link: LinkRule): string {
  return settled(mathAsSource(plainText(html.slice(0, maxLength))), link)
}

/** Two passes: without the tags that the first one drops, the parser sees other neighbours and may close elements elsewhere. */
function settled(html: string, link: LinkRule): string {
  if (!/[<&]/.test(html)) return escapeText(html)
  try {
    const once = pass(html, link)
    // Attributes are added and signs escaped, so that hostile input can grow many times over.
    const fitting = once.length <= maxLength ? once : pass(plainText(once.slice(0, maxLength - cutMargin)), link)
    return pass(fitting, link)
  } catch (error) {
    if (error instanceof TooDeep) return escapeText(html.replace(/<[^<>]*>/g, ' '))
    throw error
  }
}

class TooDeep extends Error {}

function pass(html: string, link: LinkRule): string {
  const open: string[] = []
  let lists = 0
  let lostAddress: string | null = null
  const clean = sanitize(html, {
    allowedTags,
    allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start', 'reversed'], li: ['value'] },
    allowedClasses: { '*': allowedClasses },
    allowedSchemes: ['http', 'https', ...otherSchemes],
    allowProtocolRelative: false,
    nonTextTags: unreadTags,
    nestingLimit: maxKeptDepth,
    parseStyleAttributes: false,
    textFilter(written) {
      const text = plainText(written)
      if (lostAddress === null || text.trim() === '') return text
      const address = escapeText(lostAddress)
      lostAddress = null
      return text.includes(address) ? text : `${text} (${address})`
    },
    onOpenTag(name) {
      if (open.push(name) > maxDepth) throw new TooDeep()
      if (isList(name)) lists += 1
    },
    onCloseTag(name) {
      if (name === 'a') lostAddress = null
      if (isList(open.pop())) lists -= 1
    },
    transformTags: {
      a: (_, attributes) => {
        const href = linkUrl(attributes['href'] ?? '')
        lostAddress = href === null ? readable(attributes['href'] ?? '') : null
        if (href === null) return { tagName: 'span', attribs: withClass(attributes) }
        return { tagName: 'a', attribs: { href, ...withClass(attributes), ...link(attributes) } }
      },
      // Outside of a list of its own, an item would end the list item of the page that it is shown in.
      li: (_, attributes) => ({
        tagName: lists > 0 ? 'li' : 'p',
        attribs: { ...withClass(attributes), ...integer(attributes, 'value') },
      }),
      ol: (_, attributes) => ({
        tagName: 'ol',
        attribs: { ...withClass(attributes), ...integer(attributes, 'start'), ...reversed(attributes) },
      }),
      s: 'del',
      strike: 'del',
      ...Object.fromEntries(blocks.map((name) => [name, 'p'])),
    },
  })
  return withoutBlank(clean)
}

/** The visible part of an address that is no link here; null for a path, and for a text that is no address. */
function readable(href: string): string | null {
  const address = href.trim()
  if (!/^[a-z][a-z0-9+.-]{1,30}:[!-~]+$/i.test(address)) return null
  return address.length > maxAddress ? `${address.slice(0, maxAddress)}…` : address
}

function foreignLink({ rel }: Attributes): Attributes {
  const tag = relations(rel).includes('tag') ? 'tag ' : ''
  return { target: '_blank', rel: `${tag}nofollow noopener noreferrer` }
}

function ownLink({ rel, target }: Attributes): Attributes {
  const kept = relations(rel)
    .filter((one) => ['me', 'tag', 'nofollow', 'noopener', 'noreferrer'].includes(one))
    .join(' ')
  return { ...(target === '_blank' && { target }), ...(kept && { rel: kept }) }
}

const relations = (rel = ''): string[] => rel.toLowerCase().split(/\s+/)

const isList = (name: string | undefined): boolean => name === 'ul' || name === 'ol'

const withClass = ({ class: classes }: Attributes): Attributes => (classes === undefined ? {} : { class: classes })

const reversed = (attributes: Attributes): Attributes => ('reversed' in attributes ? { reversed: '' } : {})

function integer(attributes: Attributes, name: string): Attributes {
  const value = attributes[name] ?? ''
  return /^-?\d{1,9}$/.test(value) ? { [name]: value } : {}
}
