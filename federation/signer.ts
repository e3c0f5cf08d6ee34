import { accountByUri, accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import { isAnyShut } from '#src/moderation/current.ts'
import type { AccountId } from '#src/ids.ts'
import { verifySignature } from './signatures/verify.ts'

/** The known account of another server that signed a request; null for nobody, a stranger, or a wrong signature. */
export async function signerOf(app: App, request: Request): Promise<AccountId | null> {
  if (!request.headers.has('signature')) return null
  const verdict = await verifySignature(app, request, null)
  if ('actor' in verdict && (await isAnyShut(app.db, [verdict.actor]))) return null
  const id = 'actor' in verdict ? await accountByUri(app.db, verdict.actor) : null
  const account = id && (await accountHead(app.db, id))
  return account && !account.suspendedAt ? account.id : null
}
