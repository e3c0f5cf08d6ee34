import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { NotificationView } from '#src/reading/notifications/page.ts'
import { isByVisitor } from '#src/reading/notifications/reports.ts'
import { sentenceOf } from '#src/reading/notifications/words.ts'
import { escapeText } from '#src/text/html/escape.ts'
import { safeHtmlToText } from '#src/text/html/to-text.ts'
import { messagesIn } from '#src/text/messages.ts'

/**
 * The text that an app shows for a notification of a type that it doesn't know. Empty if it knows the type, or doesn't
 * list the types that it knows.
 *
 * @see https://docs.joinmastodon.org/entities/Notification/#NotificationFallback
 */
export function toFallback(
  type: NotificationView['type'],
  account: AccountView,
  view: Pick<NotificationView, 'status' | 'report'>,
  viewer: AccountId,
  supported: readonly string[] = [],
) {
  if (supported.length === 0 || supported.includes(type)) return {}
  const { status } = view
  const text = status && (status.spoilerText || safeHtmlToText(status.content))
  return {
    fallback: {
      title: escapeText(
        sentenceOf(messagesIn('en'), type, account.displayName || account.username, {
          isOwn: account.id === viewer,
          isByVisitor: isByVisitor(view),
        }),
      ),
      summary: text || null,
      details: null,
    },
  }
}
