import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import { parseHandle } from '#src/text/handle.ts'
import { instanceName } from './activities/actor.ts'

/**
 * What WebFinger is asked for, as the one handle that we answer with: other servers take the subject of an answer for the
 * right spelling, and ask by id or page URL to learn the handle. What is not ours comes back as it was.
 */
export async function canonicalResource(app: App, resource: string): Promise<string> {
  const { uris } = app
  const named = (username: string) => `acct:${username}@${uris.handleHost}`
  if (resource === uris.instanceActor) return named(instanceName(uris))
  const own = uris.parse(resource)
  if (own?.type === 'profile') return named(own.username)
  if (own?.type === 'account') {
    const account = await accountHead(app.db, own.id)
    return account?.domain === null ? named(account.username) : resource
  }
  const handle = /^acct:/i.test(resource) ? parseHandle(resource) : null
  return handle?.domain && uris.localised(handle).domain === null ? named(handle.username.toLowerCase()) : resource
}
