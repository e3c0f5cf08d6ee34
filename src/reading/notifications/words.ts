import type { NotificationType } from '../../platform/db/schema/notifications.ts'

const verbs: Record<Exclude<NotificationType, 'poll' | 'severed_relationships'>, string> = {
  mention: 'mentioned you',
  status: 'posted',
  reblog: 'boosted your post',
  follow: 'follows you',
  follow_request: 'asks to follow you',
  favourite: 'favourited your post',
  update: 'edited a post that you boosted',
  quote: 'quoted your post',
  quoted_update: 'edited a post that you quoted',
  'pending.reply': 'asks to reply to your post',
  'pending.quote': 'asks to quote your post',
  'pending.reblog': 'asks to boost your post',
  'pending.favourite': 'asks to favourite your post',
  added_to_collection: 'added you to a collection',
  'admin.sign_up': 'signed up',
  'admin.report': 'sent a report',
}

const lostFollows = 'You lost follows'

type WordOptions = { isOwn?: boolean; emoji?: string | null }

/**
 * Describes a notification in words before and after the account's name, for pages, push messages and apps that don't
 * know its type.
 *
 * @param options `isOwn`: whether the recipient caused it, as with the end of their own poll; `emoji`: the emoji of a
 *   favourite
 */
export function notificationWords(
  type: NotificationType,
  { isOwn = false, emoji }: WordOptions = {},
): { before: string; after: string } {
  if (type === 'severed_relationships') return { before: lostFollows, after: '' }
  if (emoji) return { before: '', after: `reacted to your post with ${emoji}` }
  if (type !== 'poll') return { before: '', after: verbs[type] }
  return isOwn ? { before: 'Your poll has ended', after: '' } : { before: 'A poll has ended, by', after: '' }
}

/** The same as one sentence of plain text. */
export function sentenceOf(type: NotificationType, name: string, options: WordOptions = {}): string {
  if (type === 'severed_relationships') return lostFollows
  if (type === 'poll' && options.isOwn) return 'Your poll has ended'
  const { before, after } = notificationWords(type, options)
  return [before, name, after].filter(Boolean).join(' ')
}
