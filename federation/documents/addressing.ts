/** Visibility as ActivityPub addresses (`to`, `cc`), and back. Each of the two directions undoes the other. */
import type { RemoteStatus } from '#src/statuses/receive/remote-status.ts'
import { isPublic, publicAddress } from './json.ts'

type Visibility = RemoteStatus['visibility']
export type Audience = { to: string[]; cc: string[] }

/** The addresses of a status with this visibility and these mentions. */
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

/** Mentioned accounts and the group that a status is written in: other servers look for the group there. */
export const withGroup = (mentioned: readonly string[], group: string | null): string[] => [
  ...new Set([...mentioned, ...(group === null ? [] : [group])]),
]

/** @param followers the collection of the author's followers, if it has one */
export function visibilityOf({ to, cc }: Audience, followers: string | null): Visibility {
  if (to.some(isPublic)) return 'public'
  if (cc.some(isPublic)) return 'unlisted'
  return followers !== null && [...to, ...cc].includes(followers) ? 'private' : 'direct'
}
