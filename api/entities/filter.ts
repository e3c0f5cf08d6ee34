import type { FilterView, KeywordView, NamedStatus } from '#src/reading/filters/read.ts'
import type { FilterHead, FilterMatch } from '#src/statuses/views/filters.ts'
import { toDateTime } from './dates.ts'

/** @see https://docs.joinmastodon.org/entities/Filter/ */
export const toFilter = ({ keywords, statuses, ...head }: FilterView) => ({
  ...toHead(head),
  keywords: keywords.map(toFilterKeyword),
  statuses: statuses.map(toFilterStatus),
})

/** @see https://docs.joinmastodon.org/entities/FilterKeyword/ */
export const toFilterKeyword = ({ id, keyword, isWholeWord }: KeywordView) => ({ id, keyword, whole_word: isWholeWord })

/** @see https://docs.joinmastodon.org/entities/FilterStatus/ */
export const toFilterStatus = ({ id, statusId }: NamedStatus) => ({ id, status_id: statusId })

/** @see https://docs.joinmastodon.org/entities/FilterResult/ */
export const toFilterResult = ({ filter, keywords, statusIds }: FilterMatch) => ({
  filter: toHead(filter),
  keyword_matches: keywords.length > 0 ? keywords : null,
  status_matches: statusIds.length > 0 ? statusIds : null,
})

/** A keyword as a filter of its own, as in the first version of the API. */
export const toV1Filter = ({ filter, keyword }: { filter: FilterHead; keyword: KeywordView }) => ({
  id: keyword.id,
  phrase: keyword.keyword,
  context: filter.contexts,
  whole_word: keyword.isWholeWord,
  expires_at: filter.expiresAt && toDateTime(filter.expiresAt),
  irreversible: filter.action === 'hide',
})

const toHead = ({ id, title, contexts, action, expiresAt }: FilterHead) => ({
  id,
  title,
  context: contexts,
  expires_at: expiresAt && toDateTime(expiresAt),
  filter_action: action,
})
