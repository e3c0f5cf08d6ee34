/** The interaction policies of local authors' statuses, and their defaults. */
import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import {
  type DefaultPolicy,
  type InteractionPolicy,
  type InteractionRule,
  type QuoteGroup,
  statuses,
  type Visibility,
  visibilities,
} from '../../platform/db/schema/statuses.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import { refuse } from '../../text/refusals.ts'
import { isOpen } from './visibility.ts'

export { visibilities }

const interactionKinds = ['reply', 'like', 'announce'] as const satisfies InteractionKind[]

/** The default policies of an account, by visibility. A visibility without one lets everybody interact. */
export type DefaultPolicies = Partial<Record<Visibility, DefaultPolicy>>

/** Names that a rule may hold, besides ActivityPub ids of accounts. */
const groups: readonly string[] = ['public', 'followers', 'following', 'mentioned']
const maxNames = 50
const maxNameLength = 2_000

/**
 * A policy as it is stored: without rules that let everybody interact, and without what the visibility rules out anyway. Null when no
 * rule is left.
 *
 * @throws Refusal `invalid` when a rule names something else than a group or an account's id
 */
export function storedPolicy(policy: InteractionPolicy | null, visibility: Visibility): InteractionPolicy | null {
  const rules = interactionKinds.flatMap((kind) => {
    const rule = policy?.[kind] && checkedRule(policy[kind])
    // Nobody but the author can boost a status that is neither public nor unlisted.
    return !rule || isUnlimited(rule) || (kind === 'announce' && !isOpen(visibility)) ? [] : [[kind, rule] as const]
  })
  return rules.length > 0 ? Object.fromEntries(rules) : null
}

function checkedRule({ automatic, manual }: InteractionRule): InteractionRule {
  const names = [...automatic, ...manual]
  const isName = (name: string) =>
    groups.includes(name) || (name.length <= maxNameLength && /^https?:$/.test(URL.parse(name)?.protocol ?? ''))
  const wrong = names.find((name) => !isName(name))
  if (wrong !== undefined) throw refuse('invalid', 'policyName', { name: wrong.slice(0, 100) })
  if (names.length > maxNames) throw refuse('invalid', 'policyTooLong', { max: maxNames })
  return {
    automatic: [...new Set(automatic)],
    manual: [...new Set(manual)].filter((name) => !automatic.includes(name)),
  }
}

const isUnlimited = ({ automatic, manual }: InteractionRule): boolean =>
  automatic.includes('public') && manual.every((name) => name === 'public')

/** The groups that may ask to quote a status. Groups that may quote it anyway need not ask. */
export const quoteAskers = (manual: QuoteGroup[], automatic: QuoteGroup[], visibility: Visibility): QuoteGroup[] =>
  isOpen(visibility) && !automatic.includes('public') ? manual.filter((group) => !automatic.includes(group)) : []

/** A change of a policy. An undefined member leaves its part unchanged. */
export type PolicyChange = {
  interactionPolicy?: InteractionPolicy | null | undefined
  quotes?: QuoteChange | undefined
}
/** The groups that may quote; without `manual`, no one can request it. */
type QuoteChange = { automatic: QuoteGroup[]; manual?: QuoteGroup[] }

/**
 * Changes the policy of a status, which federates. Earlier interactions stay, and so do waiting requests.
 *
 * @throws Refusal `not_found` when the account has no such status, `invalid` for an invalid rule
 */
export async function setPolicy(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  { interactionPolicy, quotes }: PolicyChange,
): Promise<void> {
  const [status] = await tx
    .select({
      visibility: statuses.visibility,
      interactionPolicy: statuses.interactionPolicy,
      quoteAutomatic: statuses.quoteAutomatic,
      quoteManual: statuses.quoteManual,
    })
    .from(statuses)
    .where(ownStatus(accountId, statusId))
    .for('update')
  if (!status) throw notFound()
  const { visibility, ...before } = status
  const quoteAutomatic = quotes ? (isOpen(visibility) ? quotes.automatic : []) : before.quoteAutomatic
  const after = {
    interactionPolicy:
      interactionPolicy === undefined ? before.interactionPolicy : storedPolicy(interactionPolicy, visibility),
    quoteAutomatic,
    quoteManual: quotes ? quoteAskers(quotes.manual ?? [], quoteAutomatic, visibility) : before.quoteManual,
  }
  if (isSame(before, after)) return
  await tx.update(statuses).set(after).where(eq(statuses.id, statusId))
  await emit(tx, { type: 'status.refreshed', statusId })
}

type Policy = Pick<typeof statuses.$inferSelect, 'interactionPolicy' | 'quoteAutomatic' | 'quoteManual'>

function isSame(a: Policy, b: Policy): boolean {
  const wordsOf = ({ interactionPolicy, quoteAutomatic, quoteManual }: Policy) =>
    JSON.stringify([
      interactionKinds.map((kind) => {
        const rule = interactionPolicy?.[kind]
        return rule && [rule.automatic, rule.manual]
      }),
      quoteAutomatic,
      quoteManual,
    ])
  return wordsOf(a) === wordsOf(b)
}

/** SQL condition: a present status of a local account, no boost. */
const ownStatus = (accountId: AccountId, statusId: StatusId) =>
  and(
    eq(statuses.id, statusId),
    eq(statuses.accountId, accountId),
    eq(statuses.isLocal, true),
    sql`${statuses.deletedAt} is null and ${statuses.reblogOfId} is null`,
  )

/** The default policies of an account. */
export async function loadDefaultPolicies(db: Reader, accountId: AccountId): Promise<DefaultPolicies> {
  const [user] = await db
    .select({ policies: users.defaultInteractionPolicies })
    .from(users)
    .where(eq(users.accountId, accountId))
  return user?.policies ?? {}
}

/**
 * Replaces the default policies of an account: a visibility that is not given lets everybody interact. Statuses of before keep
 * theirs.
 *
 * @throws Refusal `invalid` for an invalid rule
 */
export async function saveDefaultPolicies(tx: Tx, accountId: AccountId, policies: DefaultPolicies): Promise<void> {
  const checked = Object.fromEntries(
    visibilities.flatMap((visibility) => {
      const given = policies[visibility]
      const rules = given && storedPolicy(given, visibility)
      const quoteManual = given?.quoteManual?.length && isOpen(visibility) ? { quoteManual: given.quoteManual } : {}
      return rules || 'quoteManual' in quoteManual ? [[visibility, { ...rules, ...quoteManual }] as const] : []
    }),
  )
  await tx.update(users).set({ defaultInteractionPolicies: checked }).where(eq(users.accountId, accountId))
}
