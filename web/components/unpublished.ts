import type { Messages } from '#src/text/messages.ts'

/** The pages of posts that are not published yet. */
export const unpublishedTabs = ({ t }: Messages): [string, string][] => [
  ['/drafts', t('drafts.title')],
  ['/scheduled', t('scheduled.title')],
]
