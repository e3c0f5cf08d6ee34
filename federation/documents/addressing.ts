/** Visibility as ActivityPub has it: whom a status is addressed to. Each of the two directions undoes the other. */
import type { RemoteStatus } from '#src/statuses/receive.ts'
import { isPublic, publicAddress } from './json.ts'

type Visibility = RemoteStatus['visibility']
export type Audience = { to: string[]; cc: string[] }

/** Whom a status of an author goes to, who names some accounts. */
export function addressFor(visibility: Visibility, followers: string, mentioned: readonly string[]): Audience {
  switch (visibility) {
    case 'public':
      return { to: [publicAddress], cc: [followers, ...mentioned] }
    case 'unlisted':
      return { to: [followers], cc: [publicAddress, ...mentioned] }
    case 'private':
      return { to: [followers], cc: [...mentioned] }
    case 'direct':
      return { to: [...mentioned], cc: [] }
  }
}

/** Whom a status names, and the group that it is written in: others' servers look for it there. */
export const withGroup = (named: readonly string[], group: string | null): string[] => [
  ...new Set([...named, ...(group === null ? [] : [group])]),
]

/** @param followers the collection of the author's followers, if it has one */
export function visibilityOf({ to, cc }: Audience, followers: string | null): Visibility {
  if (to.some(isPublic)) return 'public'
  if (cc.some(isPublic)) return 'unlisted'
  return followers !== null && [...to, ...cc].includes(followers) ? 'private' : 'direct'
}
