/** Activities about interactions that need a consent: requests and their answers. */
import { accountHead } from '#src/accounts/find.ts'
import { inboxOf } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { Id, StatusId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { loadOutgoingInteraction, type OutgoingInteraction } from '#src/statuses/access/outgoing-interaction.ts'
import { loadOutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import {
  authorizationUri,
  type Interaction,
  toInteractionAnswer,
  toInteractionRequest,
} from '../../documents/interactions.ts'
import { type JsonObject, publicAddress } from '../../documents/json.ts'
import { toNote } from '../../documents/note.ts'
import { toDeleteAuthorization } from '../../documents/quote.ts'
import { toLike } from '../../documents/relations.ts'
import { isBoost, toAnnounce } from '../../documents/statuses.ts'
import type { Builders, OutgoingActivity } from './activity.ts'
import { loadLocal, surroundingsOf } from './load.ts'

export const interactionActivities = {
  'interaction.requested': async (app, { kind, interactionId }) => {
    const interaction = await loadOutgoingInteraction(app.db, kind, interactionId)
    const inbox = interaction?.isPending && (await inboxOf(app.db, interaction.target.accountId))
    const instrument = interaction && (await instrumentOf(app, kind, interactionId, interaction))
    if (!interaction || !inbox || !instrument) return null
    return {
      accountId: interaction.accountId,
      activity: toInteractionRequest(
        app.uris.activity(`${kind}-requests`, interactionId),
        interactionOf(app, kind, interactionId, interaction),
        instrument,
      ),
      recipients: { inboxes: [inbox] },
      ...(kind === 'like' ? {} : { of: interactionId as string as StatusId }),
    }
  },

  'interaction.granted': async (app, { kind, interactionId, requestUri }, key) => {
    const interaction = await loadOutgoingInteraction(app.db, kind, interactionId)
    const inbox = interaction?.target.isLocal && (await inboxOf(app.db, interaction.accountId))
    if (!interaction || !inbox || interaction.isPending) return null
    const { target } = interaction
    // A server that did not ask will not show the consent to others, which need it.
    const isTold = requestUri === null && kind !== 'like' && isOpen(interaction.visibility) && isOpen(target.visibility)
    return {
      accountId: target.accountId,
      activity: toInteractionAnswer(
        'Accept',
        app.uris.activity('accepts', key),
        requestUri,
        interactionOf(app, kind, interactionId, interaction),
        {
          result: authorizationUri(app.uris, kind, interactionId),
          cc: isTold ? [publicAddress, app.uris.followers(target.accountId)] : undefined,
        },
      ),
      recipients: { inboxes: [inbox], ...(isTold ? { followersOf: target.accountId } : {}) },
    }
  },

  'interaction.refused': async (app, { kind, requestUri, accountId, statusId, interactionUri }, key) => {
    const target = await loadOutgoingStatus(app.db, statusId)
    const asking = await accountHead(app.db, accountId)
    const inbox = await inboxOf(app.db, accountId)
    if (!target?.isLocal || !asking || !inbox) return null
    const interaction = {
      kind,
      actor: asking.uri,
      interaction: interactionUri,
      target: target.uri,
      author: target.authorUri,
    }
    return {
      accountId: target.accountId,
      activity: toInteractionAnswer('Reject', app.uris.activity('rejects', key), requestUri, interaction),
      recipients: { inboxes: [inbox] },
    }
  },

  'interaction.revoked': async (app, { kind, interactionId, accountId, statusId, interactionUri }, key) => {
    const target = await loadOutgoingStatus(app.db, statusId)
    const actor = await accountHead(app.db, accountId)
    if (!target?.isLocal || target.staysHere || !actor) return null
    const interaction = kind === 'like' ? null : await loadOutgoingStatus(app.db, interactionId as string as StatusId)
    if (interaction?.staysHere) return null
    const inbox = await inboxOf(app.db, accountId)
    const isReplyHere = kind === 'reply' && actor.domain === null
    const told: OutgoingActivity = {
      accountId: target.accountId,
      activity: toDeleteAuthorization(app.uris.activity('deletes', key), {
        id: authorizationUri(app.uris, kind, interactionId),
        author: target.authorUri,
      }),
      recipients: {
        inboxes: inbox ? [inbox] : [],
        followersOf: target.accountId,
        ...(isReplyHere ? { reachedBy: interactionId as string as StatusId } : {}),
      },
    }
    if (!inbox || interactionUri === null) return told
    // GoToSocial undoes an interaction by the Reject, and others by the Delete of the consent.
    const refused = {
      kind,
      actor: actor.uri,
      interaction: interactionUri,
      target: target.uri,
      author: target.authorUri,
    }
    return [
      told,
      {
        accountId: target.accountId,
        activity: toInteractionAnswer('Reject', app.uris.activity('rejects', key), null, refused),
        recipients: { inboxes: [inbox] },
      },
    ]
  },
} satisfies Partial<Builders>

const interactionOf = (
  app: App,
  kind: InteractionKind,
  id: Id<string>,
  { uri, actorUri, target }: OutgoingInteraction,
): Interaction => ({
  kind,
  actor: actorUri,
  interaction: uri ?? app.uris.activity('likes', id),
  target: target.uri,
  author: target.authorUri,
})

/** The requested interaction, whole. */
async function instrumentOf(
  app: App,
  kind: InteractionKind,
  id: Id<string>,
  interaction: OutgoingInteraction,
): Promise<JsonObject | null> {
  if (kind === 'like')
    return toLike(
      { id: app.uris.activity('likes', id), actor: interaction.actorUri, object: interaction.target.uri },
      interaction.target.authorUri,
    )
  const [status] = await loadLocal(app, id as string as StatusId)
  if (!status) return null
  if (kind === 'reply') return toNote(status, app.uris, await surroundingsOf(app, status.id))
  return isBoost(status) ? toAnnounce(status, app.uris) : null
}
