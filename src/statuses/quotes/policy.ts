/** Quote policies: which accounts the author of a status lets quote it. */
import type { QuotePolicy } from '../../platform/db/schema/accounts.ts'
import type { QuoteGroup, Visibility } from '../../platform/db/schema/statuses.ts'
import { isOpen } from '../access/visibility.ts'

export type { QuotePolicy } from '../../platform/db/schema/accounts.ts'
export type { QuoteGroup } from '../../platform/db/schema/statuses.ts'

const groups: Record<QuotePolicy, QuoteGroup[]> = { public: ['public'], followers: ['followers'], nobody: [] }

/**
 * The groups that may quote a status without asking. A status that is neither public nor unlisted can be quoted by its
 * author only.
 */
export const quoteGroups = (policy: QuotePolicy, visibility: Visibility): QuoteGroup[] =>
  isOpen(visibility) ? groups[policy] : []

/** A quote policy of Mastodon's API: nobody has to ask, as nobody can. */
export const quoteChange = (policy: QuotePolicy): { automatic: QuoteGroup[]; manual: QuoteGroup[] } => ({
  automatic: groups[policy],
  manual: [],
})

/** The columns of a status that decide about quotes. */
export type QuoteRules = { visibility: Visibility; quoteAutomatic: QuoteGroup[]; quoteManual: QuoteGroup[] }

/** The relation of the quoting account to the author. */
export type QuoterRelation = { isAuthor: boolean; followsAuthor: boolean; followedByAuthor: boolean }

/**
 * The answer of a quote policy: `automatic`: allowed at once; `manual`: after the author's decision; `unknown`: the policy names
 * a group that this server can't check, so the author's server has to be asked.
 */
export type QuoteAnswer = 'automatic' | 'manual' | 'denied' | 'unknown'

export function quoteAnswer(rules: QuoteRules, quoter: QuoterRelation): QuoteAnswer {
  if (rules.visibility === 'direct') return 'denied'
  if (quoter.isAuthor) return 'automatic'
  if (!isOpen(rules.visibility)) return 'denied'
  if (isAmong(rules.quoteAutomatic, quoter)) return 'automatic'
  if (isAmong(rules.quoteManual, quoter)) return 'manual'
  return [...rules.quoteAutomatic, ...rules.quoteManual].includes('unsupported_policy') ? 'unknown' : 'denied'
}

const isAmong = (allowed: QuoteGroup[], { followsAuthor, followedByAuthor }: QuoterRelation): boolean =>
  allowed.includes('public') ||
  (allowed.includes('followers') && followsAuthor) ||
  (allowed.includes('following') && followedByAuthor)
