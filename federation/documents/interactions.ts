/**
 * Favourites, replies and boosts that need consent: the request, its answer, and the authorization that any server may fetch.
 *
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { context } from './context.ts'
import { type JsonObject, publicAddress } from './json.ts'

const names = { like: 'Like', reply: 'Reply', announce: 'Announce' } as const satisfies Record<InteractionKind, string>

/** An interaction with a status; URIs. `interaction`: the Like, Note or Announce; `author`: of the target. */
export type Interaction = { kind: InteractionKind; actor: string; interaction: string; target: string; author: string }

/** @param instrument the whole interaction: only its author's server has it yet */
export function toInteractionRequest(id: string, interaction: Interaction, instrument: JsonObject): JsonObject {
  const { '@context': _, ...object } = instrument
  return { '@context': context, ...bareRequest(id, interaction), instrument: object, to: [interaction.author] }
}

/** @param result id of the authorization, with an Accept */
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

/** The authorization that an interaction carries, under the newer and the older name. */
export const approvalTerms = (kind: InteractionKind, approvalUri: string | null): JsonObject =>
  approvalUri === null ? {} : { [`${kind}Authorization`]: approvalUri, approvedBy: approvalUri }

/** The policy of local statuses: every viewer may favourite and reply. Only the author may boost a status that is not public or unlisted. */
export function openRules(status: StatusView): JsonObject {
  const everybody = { automaticApproval: [publicAddress], manualApproval: [] }
  const isOpen = status.visibility === 'public' || status.visibility === 'unlisted'
  return {
    canLike: everybody,
    canReply: everybody,
    canAnnounce: isOpen ? everybody : { automaticApproval: [status.account.uri], manualApproval: [] },
  }
}

/** The id of a local author's authorization of an interaction. */
export const authorizationUri = (uris: Uris, kind: InteractionKind, interactionId: string): string =>
  uris.activity(`${kind}-authorizations`, interactionId)
