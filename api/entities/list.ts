import type { List } from '#src/reading/lists/manage.ts'

/** @see https://docs.joinmastodon.org/entities/List/ */
export const toList = ({ id, title, repliesPolicy, isExclusive }: List) => ({
  id,
  title,
  replies_policy: repliesPolicy,
  exclusive: isExclusive,
})
