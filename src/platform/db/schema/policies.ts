/** Words of statuses that columns of several tables use. */
import type { InteractionKind } from '../../interaction-kind.ts'

export const visibilities = ['public', 'unlisted', 'private', 'direct'] as const
export type Visibility = (typeof visibilities)[number]

/** Groups of people in a quote policy, as seen from the author (FEP-044f). */
export type QuoteGroup = 'public' | 'followers' | 'following' | 'unsupported_policy'

/**
 * Accounts that may interact without asking, and after asking: `public`, `followers` and `following` of the author, accounts
 * that the status has `mentioned`, or ActivityPub ids.
 */
export type InteractionRule = { automatic: string[]; manual: string[] }

/** An author's rules for interactions (GoToSocial's `interactionPolicy`). Without a rule everybody may interact. */
export type InteractionPolicy = Partial<Record<InteractionKind, InteractionRule>>

/** The default policies of new statuses, by visibility: the rules, and the groups that may request to quote it. */
export type DefaultPolicy = InteractionPolicy & { quoteManual?: QuoteGroup[] }
