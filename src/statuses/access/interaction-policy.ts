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
 * it. `isAuthorHere`: the author is local, so that this server knows the author's followers for certain.
 */
export type Interactor = {
  uri: string
  isAuthor: boolean
  isNamed: boolean
  followsAuthor: boolean
  followedByAuthor: boolean
  isAuthorHere?: boolean
}

/**
 * `free`: allowed at once, as every server can tell. `granted`: a local author allows it, which other servers have to look up.
 * `ask`: needs the author's consent.
 */
export type InteractionAnswer = 'free' | 'granted' | 'ask' | 'denied'

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
    (list.includes('following') && interactor.followedByAuthor) ||
    (list.includes('mentioned') && interactor.isNamed)
  if (isInRelation(manual) && !isInRelation(automatic)) return 'ask'
  if (automatic.includes('public')) return 'free'
  if (isInRelation(automatic)) return interactor.isAuthorHere ? 'granted' : 'ask'
  return manual.includes('public') ? 'ask' : 'denied'
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
  return (await judge(db, accountId, target, kind)).answer
}

async function judge(
  db: Reader,
  accountId: AccountId,
  target: Target,
  kind: InteractionKind,
): Promise<{ answer: InteractionAnswer; isAuthorHere: boolean }> {
  const rule = target.interactionPolicy?.[kind]
  if (!rule || target.accountId === accountId) return { answer: 'free', isAuthorHere: false }
  const { rows } = await db.execute<Interactor & { isAuthorHere: boolean }>(sql`
    select a.uri, false as "isAuthor", s.is_local as "isAuthorHere",
      coalesce(s.in_reply_to_account_id = a.id, false) or exists (select from mentions m where m.status_id = s.id and m.account_id = a.id) as "isNamed",
      exists (select from follows f where f.follower_id = a.id and f.target_id = s.account_id) as "followsAuthor",
      exists (select from follows f where f.follower_id = s.account_id and f.target_id = a.id) as "followedByAuthor"
    from accounts a, statuses s where a.id = ${accountId} and s.id = ${target.id}`)
  const [interactor] = rows
  return interactor
    ? { answer: interactionAnswer(rule, kind, interactor), isAuthorHere: interactor.isAuthorHere }
    : { answer: 'denied', isAuthorHere: false }
}

/** The permission of an account. `ask`: a remote author must be asked; `wait`: a local author decides. */
export type Permission = 'free' | 'granted' | 'ask' | 'wait'

/** Whether an interaction may not be shown before the author's answer. */
export const isHeld = (permission: Permission): boolean => permission === 'ask' || permission === 'wait'

/**
 * Whether an account may interact at once, or after the author's consent.
 *
 * @param approvalUri a proven consent of a remote interaction
 * @throws Refusal `not_permitted` when the author does not allow it; also for a remote account without the consent of a remote
 *   author that it needs
 */
export async function permissionFor(
  db: Reader,
  accountId: AccountId,
  target: Target,
  kind: InteractionKind,
  approvalUri: string | null = null,
): Promise<Permission> {
  if (target.consent === 'asked' || target.consent === 'refused') throw refuse('not_permitted', 'consentMissing')
  const { answer, isAuthorHere } = await judge(db, accountId, target, kind)
  if (answer === 'free' || approvalUri !== null) return 'free'
  if (answer === 'granted') return 'granted'
  if (answer === 'ask' && isAuthorHere) return 'wait'
  if (answer === 'ask' && !(await isRemote(db, accountId))) return 'ask'
  throw refuse('not_permitted', 'interactionDenied', { kind })
}
