import { unsubscribeUrl } from '#src/accounts/unsubscribe.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import {
  markMailed,
  pendingMentionMail,
  postponeMentionMail,
  releaseMail,
  reserveMail,
  unmarkMailed,
} from '#src/reading/notifications/mention-mail.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { codedAcct } from '#src/text/acct.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { mentionMail } from './mail/mention.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails a person that a post mentions them, if they still want such mails. */
export async function sendMentionMail(
  app: App,
  mailer: Mailer,
  { notificationId }: Jobs['mention-mail'],
): Promise<void> {
  const notice = await pendingMentionMail(app.db, notificationId)
  if (!notice) return
  using _server = mailer.take()
  const { accountId, recipient, status } = notice
  const later = await reserveMail(app.db, accountId)
  if (later) return postponeMentionMail(app, notificationId, later)

  const { title } = await loadSettings(app.db)
  const unsubscribe = unsubscribeUrl(app, accountId)
  const { subject, text, html } = await mentionMail(
    {
      author: status.account,
      visibility: status.visibility,
      spoilerText: status.spoilerText,
      content: status.content,
      link: app.uris.statusPage(codedAcct(status.account), status.id),
      unsubscribe,
      instance: title,
      origin: app.config.origin,
    },
    messagesIn(bestLocale([recipient.locale])),
  )
  const mail = {
    key: `mention.${notificationId}`,
    at: notice.createdAt,
    to: { name: recipient.username, address: recipient.email },
    subject,
    text,
    html,
    unsubscribeUrl: unsubscribe,
  }
  try {
    await mailer.send(mail, () => markMailed(app.db, notificationId))
  } catch (error) {
    await unmarkMailed(app.db, notificationId)
    await releaseMail(app.db, accountId)
    throw error
  }
}
