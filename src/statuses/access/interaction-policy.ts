/** Who may favourite, answer or boost a status: what its author decided (GoToSocial's interaction policies), held against who wants to. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { InteractionRule } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import { isRemote } from '../../relationships/pairs.ts'
import type { StatusHead } from '../find.ts'

export type { InteractionPolicy, InteractionRule } from '../../platform/db/schema/statuses.ts'

/** Who wants to do something, and how they stand to the author. `isNamed`: the status mentions or answers them. */
export type Interactor = {
  uri: string
  isAuthor: boolean
  isNamed: boolean
  followsAuthor: boolean
  followedByAuthor: boolean
}

/** `free`: at once, as everybody can tell. `ask`: only with the author's consent, which others can look up. */
export type InteractionAnswer = 'free' | 'ask' | 'denied'

/**
 * What a rule answers. What names somebody closer counts: their id before a circle of the author's, a circle before everybody. Who is in a circle
 * only the author's server can tell others, so it is asked also where it consents by itself. Whoever is named may always answer.
 *
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function interactionAnswer(
  rule: InteractionRule | undefined,
  kind: InteractionKind,
  who: Interactor,
): InteractionAnswer {
  if (!rule || who.isAuthor || (kind === 'reply' && who.isNamed)) return 'free'
  const { automatic, manual } = rule
  if (automatic.includes(who.uri)) return 'free'
  if (manual.includes(who.uri)) return 'ask'
  const isInCircle = (list: string[]) =>
    (list.includes('followers') && who.followsAuthor) || (list.includes('following') && who.followedByAuthor)
  if (isInCircle(manual) && !isInCircle(automatic)) return 'ask'
  if (automatic.includes('public')) return 'free'
  return isInCircle(automatic) || manual.includes('public') ? 'ask' : 'denied'
}

type Target = Pick<StatusHead, 'id' | 'accountId' | 'interactionPolicy' | 'consent'>

/** What the author of a status answers to somebody, local or remote. Of accounts elsewhere nobody here knows whom they follow there. */
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

const verbs: Record<InteractionKind, string> = { like: 'favourite', reply: 'reply to', announce: 'boost' }

/**
 * Whether somebody who is about to do something has to ask the author first.
 *
 * @param approvalUri the consent, where another server showed one that was proven
 * @throws Refusal `not_permitted` where the author does not allow it; accounts elsewhere ask there, and bring the answer along
 */
export async function hasToAsk(
  db: Reader,
  accountId: AccountId,
  target: Target,
  kind: InteractionKind,
  approvalUri: string | null = null,
): Promise<boolean> {
  if (target.consent === 'asked' || target.consent === 'refused')
    throw new Refusal('not_permitted', 'This post waits for the consent of whom it replies to')
  const answer = await interactionWith(db, accountId, target, kind)
  if (answer === 'free' || approvalUri !== null) return false
  if (answer === 'ask' && !(await isRemote(db, accountId))) return true
  throw new Refusal('not_permitted', `The author of this post does not allow you to ${verbs[kind]} it`)
}
