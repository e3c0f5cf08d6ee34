import { parseHandle } from '#src/platform/handle.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import { instanceName } from '../documents/actor.ts'

/** Whom WebFinger is asked for: an account by id or name in lower case, the instance itself, somebody who is none of ours, or nothing that can be read. */
export type Resource = { id: AccountId } | { name: string } | 'instance' | 'elsewhere' | 'unreadable'

/** Handles in any case with either of our hosts, ids, and addresses of pages. */
export function resourceOf(uris: Uris, resource: string): Resource {
  // Some leave the scheme out.
  if (/^acct:/i.test(resource) || (resource.includes('@') && !/^[a-z]+:/i.test(resource))) {
    const handle = parseHandle(resource)
    if (!handle?.domain) return 'unreadable'
    if (uris.localised(handle).domain !== null) return 'elsewhere'
    const name = handle.username.toLowerCase()
    return name === instanceName(uris) || name === new URL(uris.origin).hostname ? 'instance' : { name }
  }
  if (!URL.canParse(resource)) return 'unreadable'
  if ([uris.instanceActor, uris.origin, `${uris.origin}/`, `${uris.origin}/about`].includes(resource)) return 'instance'
  const own = uris.parse(resource)
  if (own?.type === 'profile' && own.domain === null) return { name: own.username }
  return own?.type === 'account' ? { id: own.id } : 'elsewhere'
}
