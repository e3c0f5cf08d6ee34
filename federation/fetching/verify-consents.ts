/** Checks the consents that remote favourites, replies and boosts carry where a remote status's policy requires one. */
import { accountHead } from '#src/accounts/find.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { interactionWith } from '#src/statuses/access/interaction-policy.ts'
import { proveReply, unprovenReply } from '#src/statuses/access/outside-replies.ts'
import { undoTarget } from '#src/statuses/find.ts'
import { idOf, type JsonObject } from '../documents/json.ts'
import { isAuthorized } from './authorizations.ts'
import { type Budget, newBudget } from './fetch-document.ts'

const log = getLogger('federation')

/** The `reply-consent` job: a reply that is kept out of its thread gets into it if its consent is valid. */
export async function verifyReply(app: App, { statusId }: Jobs['reply-consent']): Promise<void> {
  const reply = await unprovenReply(app.db, statusId)
  if (!reply) return
  const { approvalUri, uri, parentUri, authorUri } = reply
  using _host = acquireHost(app, 'fetch', approvalUri)
  try {
    const isProven = await isAuthorized(
      app,
      approvalUri,
      { kind: 'Reply', author: authorUri, interaction: uri, target: parentUri },
      newBudget(20, 20_000, { isPatient: true }),
    )
    if (isProven) await app.db.transaction((tx) => proveReply(tx, statusId, approvalUri))
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    if (error instanceof HttpError && !error.isPermanent) throw error
    log.debug('The reply {uri} stays out of its thread: {reason}', { uri, reason: error.message })
  }
}

const kinds = { like: 'Like', announce: 'Announce' } as const

/**
 * The consent that a Like or Announce carries, if it needs one and the consent is valid; null otherwise.
 *
 * @throws HttpError when the server of the status can't be asked
 */
export async function provenConsent(
  app: App,
  kind: 'like' | 'announce',
  actorId: AccountId,
  statusId: StatusId,
  activity: JsonObject,
  budget: Budget,
): Promise<string | null> {
  const approvalUri = idOf(activity[`${kind}Authorization`]) ?? idOf(activity['approvedBy'])
  const interaction = idOf(activity['id'])
  if (approvalUri === null || interaction === null) return null
  const target = await undoTarget(app.db, statusId)
  if ((await interactionWith(app.db, actorId, target, kind)) === 'free') return null
  const author = await accountHead(app.db, target.accountId)
  return author &&
    (await isAuthorized(
      app,
      approvalUri,
      { kind: kinds[kind], author: author.uri, interaction, target: target.uri },
      budget,
    ))
    ? approvalUri
    : null
}
