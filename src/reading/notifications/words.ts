import type { NotificationType } from '../../platform/db/schema/notifications.ts'
import type { MessageKey } from '../../text/catalogue.ts'
import type { Messages } from '../../text/messages.ts'

type WordOptions = { isOwn?: boolean; emoji?: string | null; isApplicant?: boolean; isByVisitor?: boolean }

/**
 * The message that describes a notification: a sentence with the account's `name`, and the `emoji` of a reaction.
 *
 * @param options `isOwn`: whether the recipient caused it, as with the end of their own poll; `emoji`: the emoji of a
 *   favourite; `isApplicant`: whether the person who signed up waits for approval; `isByVisitor`: whether somebody without an account
 *   reported
 */
export function noticeKey(
  type: NotificationType,
  { isOwn = false, emoji, isApplicant = false, isByVisitor = false }: WordOptions = {},
): MessageKey {
  if (type === 'poll' && isOwn) return 'notices.ownPoll'
  if (isApplicant) return 'notices.asksToJoin'
  if (isByVisitor) return 'notices.visitorReports'
  return emoji ? 'notices.reaction' : `notices.${type}`
}

/** The sentence as plain text, for push messages and for apps that don't know the type. */
export const sentenceOf = ({ t }: Messages, type: NotificationType, name: string, options: WordOptions = {}): string =>
  t(noticeKey(type, options), { name, emoji: options.emoji })
