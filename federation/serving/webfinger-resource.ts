import { parseHandle } from '#src/platform/handle.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import { instanceName } from '../documents/actor.ts'

/** The subject of a WebFinger request: a local account by id or lower-case name, the instance, a remote account, or unreadable. */
export type Resource = { id: AccountId } | { name: string } | 'instance' | 'remote' | 'unreadable'

/** Accepts handles in any case with either of our hosts, ids, and addresses of pages. */
export function resourceOf(uris: Uris, resource: string): Resource {
  // Some clients leave the scheme out.
  if (/^acct:/i.test(resource) || (resource.includes('@') && !/^[a-z]+:/i.test(resource))) {
    const handle = parseHandle(resource)
    if (!handle?.domain) return 'unreadable'
    if (uris.localised(handle).domain !== null) return 'remote'
    const name = handle.username.toLowerCase()
    return name === instanceName(uris) || name === new URL(uris.origin).hostname ? 'instance' : { name }
  }
  if (!URL.canParse(resource)) return 'unreadable'
  if ([uris.instanceActor, uris.origin, `${uris.origin}/`, `${uris.origin}/about`].includes(resource)) return 'instance'
  const own = uris.parse(resource)
  if (own?.type === 'profile' && own.domain === null) return { name: own.username }
  return own?.type === 'account' ? { id: own.id } : 'remote'
}
