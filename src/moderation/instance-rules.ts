/** Rules of the instance, in the order in which people read them. Reports may name the ones that were broken. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { rules } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { type Id, newId } from '../platform/ids.ts'
import { countGraphemes, plainText } from '../text/clean.ts'

export type RuleId = Id<'rule'>
export type Rule = { id: RuleId; text: string; hint: string }

const maxLengths = { rule: 300, hint: 1_000 }
const maxRules = 50

/** The rules that stand, from memory while they stay as they are. */
export const loadRules = cachedUntilChanged('rules', async (db): Promise<readonly Rule[]> =>
  db
    .select({ id: rules.id, text: rules.text, hint: rules.hint })
    .from(rules)
    .where(isNull(rules.deletedAt))
    .orderBy(asc(rules.position), asc(rules.id))
    .limit(maxRules),
)

/**
 * Adds a rule behind the others.
 *
 * @param hint more about it, may be empty
 * @throws Refusal `invalid` when it is blank or too long, or there are too many
 */
export async function addRule(tx: Tx, text: string, hint = ''): Promise<RuleId> {
  const standing = await loadRules(tx)
  if (standing.length >= maxRules) throw wrong('rule', `can’t be added: there are ${maxRules} rules already`)
  const id = newId<RuleId>()
  const position = sql`(select coalesce(max(position), 0) + 1 from rules)`
  await tx
    .insert(rules)
    .values({ id, text: checked('rule', text), hint: hint.trim() === '' ? '' : checked('hint', hint), position })
  await changed(tx, 'rules')
  return id
}

/**
 * Takes a rule away; reports that name it still do.
 *
 * @throws Refusal `not_found`
 */
export async function removeRule(tx: Tx, id: RuleId): Promise<void> {
  const removed = await tx
    .update(rules)
    .set({ deletedAt: sql`now()` })
    .where(and(eq(rules.id, id), isNull(rules.deletedAt)))
    .returning({ id: rules.id })
  if (removed.length === 0) throw notFound()
  await changed(tx, 'rules')
}

function checked(field: keyof typeof maxLengths, given: string): string {
  const text = plainText(given).trim()
  if (text === '') throw wrong(field, 'can’t be blank')
  if (countGraphemes(text) > maxLengths[field]) throw wrong(field, `must have at most ${maxLengths[field]} characters`)
  return text
}

const wrong = (field: string, message: string) =>
  new Refusal('invalid', `Rule ${message}`, [{ field, code: 'ERR_INVALID', message }])
