/** Finds mentions, hashtags and links in plain text of any script, in one pass whose time grows with the length of the text. */
import { type HashtagToken, hashtagAt } from './hashtag.ts'
import { type LinkToken, linkAt, linkBegins } from './link.ts'
import { type MentionToken, mentionAt } from './mention.ts'

export type EntityToken = MentionToken | HashtagToken | LinkToken
type TextToken = { type: 'text'; text: string }
/** A piece of text. The `text` of all tokens, joined, is the scanned text. */
export type Token = TextToken | EntityToken

export function scan(text: string): Token[] {
  const tokens: Token[] = []
  const begins = new RegExp(`[@#＃]|${linkBegins}`, 'giu')
  let done = 0
  for (let found = begins.exec(text); found; found = begins.exec(text)) {
    const entity = entityAt(text, found.index)
    if (!entity) continue
    if (found.index > done) tokens.push({ type: 'text', text: text.slice(done, found.index) })
    tokens.push(entity)
    done = found.index + entity.text.length
    begins.lastIndex = done
  }
  if (done < text.length) tokens.push({ type: 'text', text: text.slice(done) })
  return tokens
}

/** The mention, hashtag or link that starts right at `index`, or text that only looks like a link; null for none. */
export function entityAt(text: string, index: number): Token | null {
  switch (text.charAt(index)) {
    case '@':
      return mentionAt(text, index)
    case '#':
    case '＃':
      return hashtagAt(text, index)
    default:
      return linkAt(text, index)
  }
}
