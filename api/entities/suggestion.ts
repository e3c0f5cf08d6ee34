import type { SuggestionSource } from '#src/reading/suggestions/suggest.ts'
import type { Account } from './account.ts'

/** The one source that apps from before Mastodon 4.3 know, in their terms. */
const olderWords: Record<SuggestionSource, 'staff' | 'past_interactions' | 'global'> = {
  featured: 'staff',
  friends_of_friends: 'past_interactions',
  most_followed: 'global',
}

/** @see https://docs.joinmastodon.org/entities/Suggestion/ */
export const toSuggestion = (account: Account, sources: SuggestionSource[]) => ({
  source: olderWords[sources[0] ?? 'most_followed'],
  sources,
  account,
})
