import type { Uris } from '#src/platform/uris.ts'
import type { TrendingLink } from '#src/reading/trends/read.ts'
import { toCard } from './card.ts'
import { toHistory } from './history.ts'

/** @see https://docs.joinmastodon.org/entities/PreviewCard/#trends-link */
export const toTrendsLink = (link: TrendingLink, uris: Uris) => ({
  ...toCard(link, uris),
  history: toHistory(link.history),
})
