/** The instance's rules for its people, in their order on the page. A report may name the rules that were broken. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { rules } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal, type RefusalText } from '../platform/errors.ts'
import { type Id, newId } from '../platform/ids.ts'
import { countGraphemes, plainText } from '../text/clean.ts'
import { problemWith } from '../text/refusals.ts'

export type RuleId = Id<'rule'>
export type Rule = { id: RuleId; text: string; hint: string }

const maxLengths = { rule: 300, hint: 1_000 }
const maxRules = 50

/** The current rules, cached until they change. */
export const loadRules = cachedUntilChanged('rules', async (db): Promise<readonly Rule[]> =>
  db
    .select({ id: rules.id, text: rules.text, hint: rules.hint })
    .from(rules)
    .where(isNull(rules.deletedAt))
    .orderBy(asc(rules.position), asc(rules.id))
    .limit(maxRules),
)

/**
 * Adds a rule after the others.
 *
 * @param hint an explanation, may be empty
 * @throws Refusal `invalid` when the text is blank or too long, or there are too many rules
 */
export async function addRule(tx: Tx, staff: Staff, text: string, hint = ''): Promise<RuleId> {
  requirePermission(staff, 'manage_rules')
  const current = await loadRules(tx)
  if (current.length >= maxRules) throw wrong('rule', 'tooManyRules', { max: maxRules })
  const id = newId<RuleId>()
  const position = sql`(select coalesce(max(position), 0) + 1 from rules)`
  await tx
    .insert(rules)
    .values({ id, text: checked('rule', text), hint: hint.trim() === '' ? '' : checked('hint', hint), position })
  await changed(tx, 'rules')
  await audit(tx, staff, 'rule', 'create', { id, name: text.trim() })
  return id
}

/**
 * Deletes a rule. Reports that name it keep it.
 *
 * @throws Refusal `not_found`, `not_permitted`
 */
export async function removeRule(tx: Tx, staff: Staff, id: RuleId): Promise<void> {
  requirePermission(staff, 'manage_rules')
  const [removed] = await tx
    .update(rules)
    .set({ deletedAt: sql`now()` })
    .where(and(eq(rules.id, id), isNull(rules.deletedAt)))
    .returning({ text: rules.text })
  if (!removed) throw notFound()
  await changed(tx, 'rules')
  await audit(tx, staff, 'rule', 'delete', { id, name: removed.text })
}

function checked(field: keyof typeof maxLengths, input: string): string {
  const text = plainText(input).trim()
  if (text === '') throw wrong(field, 'blank')
  if (countGraphemes(text) > maxLengths[field]) throw wrong(field, 'tooManyCharacters', { max: maxLengths[field] })
  return text
}

function wrong(field: string, key: RefusalText['key'], values?: RefusalText['values']): Refusal {
  const problem = problemWith(field, 'ERR_INVALID', key, values)
  return new Refusal('invalid', `Rule ${problem.message}`, [problem])
}
