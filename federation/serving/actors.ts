/** Local actors, for other servers. */
import { loadAccountViews } from '#src/accounts/views.ts'
import { accountDocument, type AskedAccount } from '#src/outgoing/documents/accounts.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { toActor, toInstanceActor, toStub, toTombstone } from '../documents/actor.ts'
import { instanceKeys, readSigningKeys } from '../signatures/own-keys.ts'
import { type Asked, type Document, type Found, refused } from './asked.ts'
import { missing, prefersPage, textResponse } from './negotiation.ts'
import { makeActorText, storedActorText } from './stored-documents.ts'

/** The answer from the store of finished documents, null if there is none. It remembers the account that it read. */
export async function actorInStore(asked: Asked, who: { id: AccountId } | { name: string }): Promise<Response | null> {
  asked.account = await accountDocument(asked.app.db, who, asked.fingerprint)
  const { needsSignature, account } = asked.account
  if (!account || account.isDeleted || account.isSuspended || prefersPage(asked.request)) return null
  const text = storedActorText(account)
  if (!text || (await isRefused(asked, account, needsSignature))) return null
  return textResponse(asked.request, text, { isPrivate: needsSignature })
}

/** The actor of an account that `actorInStore` has read. */
export async function findActor(asked: Asked): Promise<Found> {
  const { app, fingerprint } = asked
  const { needsSignature = false, account = null } = asked.account ?? {}
  if (!account) return missing()
  if (account.isDeleted) return { json: toTombstone(account.uri), isGone: true }
  if (prefersPage(asked.request)) return Response.redirect(account.url, 302)
  // A blocked actor gets no posts, but the stub: that the account exists is no secret.
  if (await isRefused(asked, account, needsSignature)) return stub(app, account)
  if (account.isSuspended) return suspended(app, account, needsSignature)
  const text = await makeActorText(app, fingerprint, account)
  return text ? { ...text, isPrivate: needsSignature } : missing()
}

// Never requires a signature: two servers that check each other's requests need each other's keys first.
export const instanceActor = async ({ app }: Asked): Promise<Document> => ({
  json: toInstanceActor(await instanceKeys(app), app.uris),
})

const isRefused = async (asked: Asked, { id }: AskedAccount, needsSignature: boolean): Promise<boolean> =>
  (await refused(asked, needsSignature, needsSignature ? id : null)) !== null

async function stub(app: App, account: AskedAccount): Promise<Found> {
  const keys = await readSigningKeys(app, account.id)
  return keys ? { json: toStub(account, keys, app.uris), isPrivate: true } : missing()
}

/** A suspended account may come back: other servers hide it, but don't delete it. */
async function suspended(app: App, { id }: AskedAccount, isPrivate: boolean): Promise<Found> {
  const [view] = await loadAccountViews(app.db, [id])
  const keys = await readSigningKeys(app, id)
  return view && keys ? { json: toActor(view, keys, app.uris), isPrivate } : missing()
}
