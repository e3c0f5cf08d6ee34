import { markdownEntities } from './markdown.ts'
import type { TextFormat } from './render.ts'
import { type EntityToken, scan } from './scan.ts'

/** An account that a text mentions. `acct` is lower case, A-label, without the first `@`: the key for `Resolved.mentions`. */
export type Mentioned = { username: string; domain: string | null; acct: string }

/** The accounts that a text mentions, each once, in the order of the text. They need not exist. */
export function mentionsIn(text: string, format: TextFormat = 'plain'): Mentioned[] {
  const found = new Map<string, Mentioned>()
  for (const token of entitiesIn(text, format)) {
    if (token.type !== 'mention' || found.has(token.acct)) continue
    found.set(token.acct, { username: token.username, domain: token.domain, acct: token.acct })
  }
  return [...found.values()]
}

/** The hashtags of a text, each once, in its first spelling. */
export function hashtagsIn(text: string, format: TextFormat = 'plain'): { name: string; displayName: string }[] {
  const found = new Map<string, { name: string; displayName: string }>()
  for (const token of entitiesIn(text, format)) {
    if (token.type !== 'hashtag' || found.has(token.name)) continue
    found.set(token.name, { name: token.name, displayName: token.displayName })
  }
  return [...found.values()]
}

/** The URLs of a text, each once, in the order of the text. */
export function linksIn(text: string, format: TextFormat = 'plain'): string[] {
  return [...new Set(entitiesIn(text, format).flatMap((token) => (token.type === 'link' ? [token.url] : [])))]
}

function entitiesIn(text: string, format: TextFormat): EntityToken[] {
  return format === 'markdown' ? markdownEntities(text) : scan(text).filter((token) => token.type !== 'text')
}
