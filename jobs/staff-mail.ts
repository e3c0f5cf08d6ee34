import { unsubscribeUrl } from '#src/accounts/unsubscribe.ts'
import { pendingStaffMail, releaseStaffMail, reserveStaffMail } from '#src/moderation/staff-mail.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { staffMail } from './mail/staff.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails a member of staff how many appeals or reviews wait, once an hour at most. */
export async function sendStaffMail(app: App, mailer: Mailer, payload: Jobs['staff-mail']): Promise<void> {
  using _server = mailer.take()
  const pending = await pendingStaffMail(app.db, payload)
  if (!pending || !(await reserveStaffMail(app, payload))) return
  const { recipient, waiting } = pending
  const { accountId, about } = payload
  const { title } = await loadSettings(app.db)
  const unsubscribe = unsubscribeUrl(app, accountId)
  try {
    await mailer.send({
      key: `${about}.${accountId}`,
      at: new Date(),
      to: { name: recipient.username, address: recipient.email },
      ...(await staffMail(
        { about, waiting, username: recipient.username, unsubscribe },
        { origin: app.config.origin, instance: title },
        messagesIn(bestLocale([recipient.locale])),
      )),
      unsubscribeUrl: unsubscribe,
    })
  } catch (error) {
    await releaseStaffMail(app, payload)
    throw error
  }
}
