/** Who may quote a status: what its author decided, held against who asks. */
import type { QuotePolicy } from '../../platform/db/schema/accounts.ts'
import type { QuoteGroup, Visibility } from '../../platform/db/schema/statuses.ts'
import { isOpen } from '../access/visibility.ts'

export type { QuotePolicy } from '../../platform/db/schema/accounts.ts'
export type { QuoteGroup } from '../../platform/db/schema/statuses.ts'

const groups: Record<QuotePolicy, QuoteGroup[]> = { public: ['public'], followers: ['followers'], nobody: [] }

/** The groups that may quote a status without asking. What strangers can't see, nobody else may quote. */
export const quoteGroups = (policy: QuotePolicy, visibility: Visibility): QuoteGroup[] =>
  isOpen(visibility) ? groups[policy] : []

/** What a status says about quotes. */
export type QuoteRules = { visibility: Visibility; quoteAutomatic: QuoteGroup[]; quoteManual: QuoteGroup[] }

/** How who wants to quote stands to the author. */
export type QuoterRelation = { isAuthor: boolean; followsAuthor: boolean; followedByAuthor: boolean }

/**
 * What the author's policy answers: `automatic` at once, `manual` after a decision, `unknown` where it speaks of what this server can't
 * judge, and only asking helps.
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
