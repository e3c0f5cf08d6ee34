import { accountHead } from '#src/accounts/find.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { followersOn } from '#src/relationships/followers-digest.ts'
import { context } from '../documents/context.ts'
import type { Asked, Found } from './asked.ts'
import { signingActor } from './signer.ts'

/**
 * The followers that a local account has on the requesting server, for that server alone: any of its actors may sign.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
export async function followersOfSigner({ app, request }: Asked, id: string): Promise<Found> {
  const account = isId(id) ? await accountHead(app.db, id as AccountId) : null
  if (account?.domain !== null || account.suspendedAt) return refuse(404, 'Not found')
  const signer = await signingActor(app, request)
  const host = signer && URL.parse(signer)?.host
  if (!host) return refuse(401, 'Sign the request')
  const followers = await followersOn(app.db, account.id, host)
  if (!followers) return refuse(404, 'There are too many')
  const json = {
    '@context': context,
    id: `${app.uris.followers(account.id)}/synchronization`,
    type: 'OrderedCollection',
    totalItems: followers.length,
    orderedItems: followers,
  }
  return { json, isPrivate: true }
}

const refuse = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-store' },
  })
