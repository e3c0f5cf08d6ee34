/**
 * The text of a post. Most servers send HTML, some Markdown, some plain text. Articles, pages, films and events have a title and a
 * page of their own: they become statuses with both.
 */
import { cleanName, plainText } from '#src/text/clean.ts'
import { escapeAttribute, escapeText } from '#src/text/html/escape.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { languageTag } from '#src/text/language-tag.ts'
import { render, type Resolved } from '#src/text/render.ts'
import {
  asList,
  firstText,
  idOf,
  isObject,
  isTrue,
  type JsonObject,
  linkOf,
  text,
  textOf,
  translationsOf,
  typesOf,
} from '../documents/json.ts'
import { factsOf } from './event.ts'

export type Texts = { content: string; spoilerText: string; language: string | null }

/** The post around a text. */
export type Setting = {
  /** Whether the post has a title and a page, so that its `summary` is an abstract and not a content warning. */
  isTitled: boolean
  url: string
  /** Link targets of mentions and hashtags in Markdown. */
  resolved: Resolved
  /** The JSON-LD context: some servers state the language there. */
  context: unknown
}

/** UTF-16 units of HTML that are read. */
const maxContent = 200_000
/** Markdown takes longer to read. */
const maxMarkdown = 20_000
/** A longer text is shown as its summary or beginning, with a link to its page. */
const longArticle = 10_000
const excerptLength = 1_000
/** UTF-16 units of HTML from which the beginning is cut. */
const excerptSource = 20_000
const maxTitle = 500
const maxWarning = 500
const maxLinks = 4

export function textsOf(json: JsonObject, setting: Setting): Texts {
  const { body, language } = bodyOf(json, setting.resolved)
  const summary = (textOf(json, 'summary') ?? '').slice(0, maxContent)
  // The summary of a titled post is a content warning only if the post is sensitive.
  const isWarning = !setting.isTitled || isTrue(json['sensitive'])
  return {
    content: plainText(
      (setting.isTitled ? article(json, body, isWarning ? '' : summary, setting.url) : note(json, body)).slice(
        0,
        maxContent,
      ),
    ),
    spoilerText: isWarning ? cleanName(summary, maxWarning) : '',
    language: languageTag(language ?? '') ?? languageTag(languageOf(json, setting.context) ?? ''),
  }
}

function bodyOf(json: JsonObject, resolved: Resolved): { body: string; language: string | null } {
  const plain = firstText(json['content'])
  const translations = translationsOf(json['contentMap'])
  const [language, translated] = translations.find(([, content]) => content === plain) ?? translations[0] ?? [null, '']
  return { body: asHtml((plain ?? translated).slice(0, maxContent), text(json['mediaType']) ?? '', resolved), language }
}

function asHtml(content: string, mediaType: string, resolved: Resolved): string {
  const [, format] = /^text\/(markdown|plain)\b/i.exec(mediaType) ?? []
  return format
    ? render(
        plainText(content.slice(0, maxMarkdown)),
        format.toLowerCase() === 'plain' ? 'plain' : 'markdown',
        resolved,
      )
    : content
}

/** The language, if there is no `contentMap`. */
function languageOf(json: JsonObject, context: unknown): string | null {
  const own = json['language'] ?? json['inLanguage']
  const named = text(isObject(own) ? own['identifier'] : own)
  return (
    named ??
    firstText(
      asList(context)
        .slice(0, 16)
        .map((each) => (isObject(each) ? each['@language'] : null)),
    )
  )
}

/** Forums give their topics titles, too. The `name` of a reply is not a title, but a vote. */
function note(json: JsonObject, body: string): string {
  if (isBlank(body)) return body + linkedPages(json).map(linkParagraph).join('')
  return idOf(json['inReplyTo']) === null ? heading(json, body) + body : body
}

function article(json: JsonObject, body: string, summary: string, url: string): string {
  const shown =
    body.length > longArticle ? paragraph(summary) || excerpt(body) : isBlank(body) ? paragraph(summary) : body
  const links = linkedPages(json).filter((link) => link !== url)
  // A link post's link comes first, so that the preview card shows it.
  const [before, after] = typesOf(json).includes('Page') ? [links, [url]] : [[], [...links, url]]
  const unlinked = after.filter((link) => !shown.includes(`href="${escapeAttribute(link)}"`))
  return (
    heading(json, shown) +
    before.map(linkParagraph).join('') +
    factsOf(json) +
    shown +
    unlinked.map(linkParagraph).join('')
  )
}

/** The title, unless it equals the first line of the text. */
function heading(json: JsonObject, body: string): string {
  const title = escapeText(cleanName(textOf(json, 'name') ?? '', maxTitle))
  return title === '' || firstLine(body) === title ? '' : `<p><strong>${title}</strong></p>`
}

function firstLine(html: string): string {
  const [line = ''] = html
    .slice(0, 2_000)
    .replace(/<\/?(?:p|div|h[1-6]|br|blockquote|li|ul|ol)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .trim()
    .split('\n', 1)
  return line.trim()
}

/** Linked pages: the link of a link post, an event's online meeting. Pictures are files, not pages. */
function linkedPages(json: JsonObject): string[] {
  const links = asList(json['attachment']).filter(
    (each): each is JsonObject =>
      isObject(each) &&
      typesOf(each).includes('Link') &&
      !/^(image|video|audio)\//i.test(text(each['mediaType']) ?? ''),
  )
  return [...new Set(links.slice(0, maxLinks).flatMap((link) => linkOf(link) ?? []))]
}

function excerpt(html: string): string {
  const beginning = htmlToText(html.slice(0, excerptSource))
  const cut =
    beginning.length > excerptLength ? `${beginning.slice(0, excerptLength).replace(/\s\S{0,100}$/, '')} …` : beginning
  return cut
    .split(/\n{2,}/)
    .map((lines) => `<p>${escapeText(lines).replaceAll('\n', '<br />')}</p>`)
    .join('')
}

const paragraph = (html: string): string => (isBlank(html) ? '' : /<p[\s>]/i.test(html) ? html : `<p>${html}</p>`)
const linkParagraph = (url: string): string => `<p><a href="${escapeAttribute(url)}">${escapeText(url)}</a></p>`
const isBlank = (html: string): boolean => html.length < 1_000 && html.replace(/<[^<>]*>|&nbsp;/g, '').trim() === ''
