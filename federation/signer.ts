import { accountByUri, accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import { isAnyShut } from '#src/moderation/current.ts'
import type { AccountId } from '#src/ids.ts'
import { verifySignature } from './signatures/verify.ts'

/** The known account of another server that signed a request; null for nobody, a stranger, or a wrong signature. */
export async function signerOf(app: App, request: Request): Promise<AccountId | null> {
  const actor = await signingActor(app, request)
  const id = actor && (await accountByUri(app.db, actor))
  const account = id && (await accountHead(app.db, id))
  return account && !account.suspendedAt ? account.id : null
}

/** The actor that signed a request, be it known or not, such as the one of another instance itself; null for nobody, a wrong signature, or a server that is shut out. */
export async function signingActor(app: App, request: Request): Promise<string | null> {
  if (!request.headers.has('signature')) return null
  const verdict = await verifySignature(app, request, null)
  return 'actor' in verdict && !(await isAnyShut(app.db, [verdict.actor])) ? verdict.actor : null
}
