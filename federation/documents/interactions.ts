/**
 * Favourites, replies and boosts that need consent: the request, its answer, and the consent that everybody may look up.
 *
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { context } from './context.ts'
import { type JsonObject, publicAddress } from './json.ts'

const names = { like: 'Like', reply: 'Reply', announce: 'Announce' } as const satisfies Record<InteractionKind, string>

/** Who wants to do what to which status of whom; URIs. `interaction`: the Like, Note or Announce. */
export type Interaction = { kind: InteractionKind; actor: string; interaction: string; target: string; author: string }

/** @param instrument the interaction, whole: nobody but its author has it yet */
export function toInteractionRequest(id: string, interaction: Interaction, instrument: JsonObject): JsonObject {
  const { '@context': _, ...object } = instrument
  return { '@context': context, ...bareRequest(id, interaction), instrument: object, to: [interaction.author] }
}

/** @param result with a consent, its id */
export function toInteractionAnswer(
  type: 'Accept' | 'Reject',
  id: string,
  requestId: string,
  interaction: Interaction,
  result?: string,
): JsonObject {
  return {
    '@context': context,
    id,
    type,
    actor: interaction.author,
    to: [interaction.actor],
    object: bareRequest(requestId, interaction),
    ...(result ? { result } : {}),
  }
}

const bareRequest = (id: string, { kind, actor, interaction, target }: Interaction): JsonObject => ({
  id,
  type: `${names[kind]}Request`,
  actor,
  object: target,
  instrument: interaction,
})

export const toInteractionAuthorization = (
  id: string,
  { kind, interaction, target, author }: Interaction,
): JsonObject => ({
  '@context': context,
  id,
  type: `${names[kind]}Authorization`,
  attributedTo: author,
  interactingObject: interaction,
  interactionTarget: target,
})

/** The consent that an interaction shows, in the newer and the older word. */
export const approvalTerms = (kind: InteractionKind, approvalUri: string | null): JsonObject =>
  approvalUri === null ? {} : { [`${kind}Authorization`]: approvalUri, approvedBy: approvalUri }

/** What may be done with a status of ours: all, by everybody who sees it. What strangers can't see, nobody else boosts. */
export function openRules(status: StatusView): JsonObject {
  const everybody = { automaticApproval: [publicAddress], manualApproval: [] }
  const isOpen = status.visibility === 'public' || status.visibility === 'unlisted'
  return {
    canLike: everybody,
    canReply: everybody,
    canAnnounce: isOpen ? everybody : { automaticApproval: [status.account.uri], manualApproval: [] },
  }
}

/** The id of the consent of one of ours to an interaction. */
export const authorizationUri = (uris: Uris, kind: InteractionKind, interactionId: string): string =>
  uris.activity(`${kind}-authorizations`, interactionId)
