/** Interaction policies of remote statuses: favourites, replies and boosts. GoToSocial had other names for the lists. */
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import type { InteractionPolicy, InteractionRule } from '#src/statuses/access/interaction-policy.ts'
import { addressesOf, idOf, isObject, isPublic, type JsonObject } from '../documents/json.ts'

/** The accounts and collections that a policy's rules name; URIs. An empty rule is left out. */
export type CanInteract = Partial<Record<InteractionKind, InteractionRule>>

const names = { like: 'canLike', reply: 'canReply', announce: 'canAnnounce' } as const satisfies Record<
  InteractionKind,
  string
>

export function parseCanInteract(json: JsonObject): CanInteract {
  const policy = json['interactionPolicy']
  if (!isObject(policy)) return {}
  const found: CanInteract = {}
  for (const [kind, name] of Object.entries(names) as [InteractionKind, string][]) {
    const rule = policy[name]
    if (!isObject(rule)) continue
    const automatic = addressesOf(rule['automaticApproval'] ?? rule['always'])
    const manual = addressesOf(rule['manualApproval'] ?? rule['approvalRequired'])
    if (automatic.length + manual.length > 0) found[kind] = { automatic, manual }
  }
  return found
}

/**
 * Whom an actor lets ask to put it into a collection (FEP-7aa9), at once or after a decision, with its own collections by their
 * names. Null when it does not say: then it does not consent.
 */
export function parseCanFeature(actor: JsonObject): string[] | null {
  const policy = actor['interactionPolicy']
  const rule = isObject(policy) ? policy['canFeature'] : null
  if (!isObject(rule)) return null
  const name = nameIn({ followersUrl: idOf(actor['followers']), followingUrl: idOf(actor['following']) })
  const named = [...addressesOf(rule['automaticApproval']), ...addressesOf(rule['manualApproval'])].map(name)
  return [...new Set(named)].slice(0, maxFeaturing)
}

const maxFeaturing = 20

/** The consent that a reply carries: an authorization, or an Accept from older servers. */
export const parseReplyApproval = (json: JsonObject): string | null =>
  idOf(json['replyAuthorization']) ?? idOf(json['approvedBy'])

const nameIn =
  (author: { followersUrl: string | null; followingUrl: string | null }) =>
  (address: string): string => {
    if (isPublic(address)) return 'public'
    if (address === author.followersUrl) return 'followers'
    return address === author.followingUrl ? 'following' : address
  }

/** The policy with the author's collections by their names, and without rules that allow everybody. Null when no rule is left. */
export function interactionPolicyOf(
  can: CanInteract,
  author: { followersUrl: string | null; followingUrl: string | null },
): InteractionPolicy | null {
  const nameOf = nameIn(author)
  const rules = Object.entries(can).map(
    ([kind, { automatic, manual }]) =>
      [kind, { automatic: automatic.map(nameOf), manual: manual.map(nameOf) }] as const,
  )
  const limiting = rules.filter(
    ([, { automatic, manual }]) => !automatic.includes('public') || manual.some((name) => name !== 'public'),
  )
  return limiting.length > 0 ? Object.fromEntries(limiting) : null
}
