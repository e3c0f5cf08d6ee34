import type { AccountView } from '../../accounts/views.ts'
import type { Uris } from '../../platform/uris.ts'
import { writtenReaction } from '../../statuses/views/reactions.ts'
import { safeHtmlToText } from '../../text/html/to-text.ts'
import { bestLocale, messagesIn } from '../../text/messages.ts'
import type { NotificationView } from '../notifications/page.ts'
import { isByVisitor } from '../notifications/reports.ts'
import { sentenceOf } from '../notifications/words.ts'

/** The message that an app's push extension shows before it fetches the notification itself. */
export type PushMessage = {
  /** Apps with several accounts find the right one by it. */
  access_token: string
  preferred_locale: string
  notification_id: number
  notification_type: string
  icon: string
  title: string
  body: string
}

/** Characters of each text, and of the URL, so that the message fits into the limit of push services. */
const maxLength = 140
const maxIconLength = 1_000

/** The message of a notification, in plain text. */
export function toPushMessage(
  view: NotificationView,
  uris: Uris,
  { token, locale, isOwn }: { token: string; locale: string | null; isOwn: boolean },
): PushMessage {
  const { account, status, applicant, report } = view
  const byVisitor = isByVisitor(view)
  return {
    access_token: token,
    preferred_locale: locale ?? 'en',
    notification_id: Number(view.id),
    notification_type: view.type,
    icon: byVisitor ? missingAvatar(uris) : iconOf(account, uris),
    title: shortened(
      sentenceOf(messagesIn(bestLocale([locale])), view.type, account.displayName || account.username, {
        isOwn,
        emoji: view.emoji && writtenReaction(view.emoji),
        isApplicant: applicant !== null,
        isByVisitor: byVisitor,
      }),
    ),
    body: shortened(
      status
        ? status.spoilerText || safeHtmlToText(status.content)
        : byVisitor
          ? (report?.comment ?? '')
          : (applicant?.reason ?? safeHtmlToText(account.note)),
    ),
  }
}

const missingAvatar = (uris: Uris): string => `${uris.origin}/static/avatars/missing.png`

function iconOf({ avatarFile, avatarRemoteUrl }: AccountView, uris: Uris): string {
  const url = avatarFile ? uris.file(avatarFile) : avatarRemoteUrl && uris.remoteFile(avatarRemoteUrl, 'avatar')
  return url && url.length <= maxIconLength ? url : missingAvatar(uris)
}

function shortened(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()]
  return characters.length <= maxLength ? characters.join('') : `${characters.slice(0, maxLength - 1).join('')}…`
}
