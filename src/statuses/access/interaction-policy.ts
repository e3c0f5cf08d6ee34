/** Interaction policies (GoToSocial's): which accounts the author of a status lets favourite, reply to or boost it. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { InteractionRule } from '../../platform/db/schema/statuses.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import { isRemote } from '../../relationships/pairs.ts'
import { refuse } from '../../text/refusals.ts'
import type { StatusHead } from '../find.ts'

export type { InteractionPolicy, InteractionRule } from '../../platform/db/schema/statuses.ts'

/**
 * The account that wants to interact, and its relation to the author. `isNamed`: the status mentions it or replies to
 * it.
 */
export type Interactor = {
  uri: string
  isAuthor: boolean
  isNamed: boolean
  followsAuthor: boolean
  followedByAuthor: boolean
}

/** `free`: allowed at once, as every server can tell. `ask`: needs the author's consent, which other servers can look up. */
export type InteractionAnswer = 'free' | 'ask' | 'denied'

/**
 * Applies a rule. The most specific entry counts: an account's id before followers or following, those before `public`. Only
 * the author's server knows its followers and following for certain, so it is asked even if it consents automatically. A
 * mentioned account may always reply.
 *
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function interactionAnswer(
  rule: InteractionRule | undefined,
  kind: InteractionKind,
  interactor: Interactor,
): InteractionAnswer {
  if (!rule || interactor.isAuthor || (kind === 'reply' && interactor.isNamed)) return 'free'
  const { automatic, manual } = rule
  if (automatic.includes(interactor.uri)) return 'free'
  if (manual.includes(interactor.uri)) return 'ask'
  const isInRelation = (list: string[]) =>
    (list.includes('followers') && interactor.followsAuthor) ||
    (list.includes('following') && interactor.followedByAuthor)
  if (isInRelation(manual) && !isInRelation(automatic)) return 'ask'
  if (automatic.includes('public')) return 'free'
  return isInRelation(automatic) || manual.includes('public') ? 'ask' : 'denied'
}

type Target = Pick<StatusHead, 'id' | 'accountId' | 'interactionPolicy' | 'consent'>

/**
 * How the author's policy answers a local or remote account. This server does not know all follows between remote
 * accounts.
 */
export async function interactionWith(
  db: Reader,
  accountId: AccountId,
  target: Target,
  kind: InteractionKind,
): Promise<InteractionAnswer> {
  const rule = target.interactionPolicy?.[kind]
  if (!rule || target.accountId === accountId) return 'free'
  const { rows } = await db.execute<Interactor>(sql`
    select a.uri, false as "isAuthor",
      coalesce(s.in_reply_to_account_id = a.id, false) or exists (select from mentions m where m.status_id = s.id and m.account_id = a.id) as "isNamed",
      exists (select from follows f where f.follower_id = a.id and f.target_id = s.account_id) as "followsAuthor",
      exists (select from follows f where f.follower_id = s.account_id and f.target_id = a.id) as "followedByAuthor"
    from accounts a, statuses s where a.id = ${accountId} and s.id = ${target.id}`)
  return rows[0] ? interactionAnswer(rule, kind, rows[0]) : 'denied'
}

/**
 * Whether an account has to ask the author before an interaction.
 *
 * @param approvalUri a proven consent of a remote interaction
 * @throws Refusal `not_permitted` when the author does not allow it; also for a remote account without the consent it needs
 */
export async function hasToAsk(
  db: Reader,
  accountId: AccountId,
  target: Target,
  kind: InteractionKind,
  approvalUri: string | null = null,
): Promise<boolean> {
  if (target.consent === 'asked' || target.consent === 'refused') throw refuse('not_permitted', 'waitsForConsent')
  const answer = await interactionWith(db, accountId, target, kind)
  if (answer === 'free' || approvalUri !== null) return false
  if (answer === 'ask' && !(await isRemote(db, accountId))) return true
  throw refuse('not_permitted', 'interactionDenied', { kind })
}
