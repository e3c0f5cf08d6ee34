import { normalizeDomain } from '../platform/handle.ts'
import { charBefore, hostEnd, portEnd } from './host.ts'

/** A handle in running text. `acct` is the same for all spellings: lower case, A-label, without the first `@`. */
export type MentionToken = { type: 'mention'; text: string; username: string; domain: string | null; acct: string }

/** Before an `@` these make it part of an e-mail address, a path or a query. */
const joinsBefore = /[\p{L}\p{M}\p{N}\p{Pc}/=+]/u

/** User names of other servers; local ones have neither dot nor hyphen. */
const remoteName = /[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*/y
const localName = /^[A-Za-z0-9_]+/

/** Letters of scripts with spaces between words: one right after a name is part of it, so the name is not local (`@josé`, `@аlice`). */
const goesOn = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{M}]/u

const maxUsernameLength = 64

/** The mention whose `@` is at `start`, or null. Reads at most the mention itself. */
export function mentionAt(text: string, start: number): MentionToken | null {
  if (text.charAt(start) !== '@' || joinsBefore.test(charBefore(text, start))) return null
  remoteName.lastIndex = start + 1
  const name = remoteName.exec(text)?.[0]
  if (name === undefined) return null
  const nameEnd = start + 1 + name.length
  return text.charAt(nameEnd) === '@' ? remote(text, start, name, nameEnd + 1) : local(text, start, name)
}

function remote(text: string, start: number, username: string, hostStart: number): MentionToken | null {
  const hostStop = hostEnd(text, hostStart)
  const end = portEnd(text, hostStop)
  const domain = normalizeDomain(text.slice(hostStart, end))
  if (domain === null || username.length > maxUsernameLength) return null
  return {
    type: 'mention',
    text: text.slice(start, end),
    username,
    domain,
    acct: `${username.toLowerCase()}@${domain}`,
  }
}

/** `@alice-san` mentions alice, but `@alice.example.social` is a handle of another network and mentions no account. */
function local(text: string, start: number, name: string): MentionToken | null {
  const username = localName.exec(name)?.[0] ?? ''
  const next = String.fromCodePoint(text.codePointAt(start + 1 + username.length) ?? 0x20)
  if (username.length > maxUsernameLength || goesOn.test(next)) return null
  if (name.charAt(username.length) === '.') return null
  return { type: 'mention', text: `@${username}`, username, domain: null, acct: username.toLowerCase() }
}
