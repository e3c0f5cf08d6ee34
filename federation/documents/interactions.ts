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

/**
 * The answer to a request or, where the other server did not ask, to the interaction itself.
 *
 * @param requestId null for an interaction without a request
 * @param options `result`: id of the authorization, with an Accept; `cc`: third parties that need the authorization
 */
export function toInteractionAnswer(
  type: 'Accept' | 'Reject',
  id: string,
  requestId: string | null,
  interaction: Interaction,
  { result, cc }: { result?: string; cc?: string[] | undefined } = {},
): JsonObject {
  return {
    '@context': context,
    id,
    type,
    actor: interaction.author,
    to: [interaction.actor],
    ...(cc ? { cc } : {}),
    ...(requestId === null
      ? { object: interaction.interaction, target: interaction.target }
      : { object: bareRequest(requestId, interaction) }),
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

/**
 * The rules of a local status for favourites, replies and boosts. Without a rule every viewer may interact. Only the author may boost a
 * status that is not public or unlisted. Where nobody else may, the list names the author: an empty list would mean "not stated".
 */
export function interactionRules(status: StatusView, uris: Uris): JsonObject {
  const onlyAuthor = { automaticApproval: [status.account.uri], manualApproval: [] }
  const ruleOf = (kind: InteractionKind): JsonObject => {
    const rule = status.interactionPolicy?.[kind]
    if (!rule) return { automaticApproval: [publicAddress], manualApproval: [] }
    const [automatic, manual] = [rule.automatic, rule.manual].map((names) => addressesIn(names, status, uris))
    return { automaticApproval: automatic?.length ? automatic : [status.account.uri], manualApproval: manual }
  }
  const isOpen = status.visibility === 'public' || status.visibility === 'unlisted'
  return { canLike: ruleOf('like'), canReply: ruleOf('reply'), canAnnounce: isOpen ? ruleOf('announce') : onlyAuthor }
}

/** The addresses of the groups and accounts that a rule of a local status names. */
export function addressesIn(names: readonly string[], status: StatusView, uris: Uris): string[] {
  const groups: Record<string, string[]> = {
    public: [publicAddress],
    followers: [uris.followers(status.accountId)],
    following: [uris.following(status.accountId)],
    mentioned: status.mentions.map(({ uri }) => uri),
    unsupported_policy: [],
  }
  return names.flatMap((name) => (Object.hasOwn(groups, name) ? (groups[name] ?? []) : [name]))
}

/** The id of a local author's authorization of an interaction. */
export const authorizationUri = (uris: Uris, kind: InteractionKind, interactionId: string): string =>
  uris.activity(`${kind}-authorizations`, interactionId)
