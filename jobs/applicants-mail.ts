import {
  pendingApplicantsMail,
  releaseApplicantsMail,
  reserveApplicantsMail,
} from '#src/accounts/sign-up/applicants-mail.ts'
import type { RejectionLetter } from '#src/accounts/sign-up/applicants.ts'
import { unsubscribeUrl } from '#src/accounts/unsubscribe.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { applicantsMail, rejectionMail } from './mail/applicants.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails a moderator how many people wait for approval, once an hour at most. */
export async function sendApplicantsMail(
  app: App,
  mailer: Mailer,
  { accountId }: Jobs['applicants-mail'],
): Promise<void> {
  using _server = mailer.take()
  const pending = await pendingApplicantsMail(app, accountId)
  if (!pending || !(await reserveApplicantsMail(app, accountId))) return
  const { recipient, waiting } = pending
  const { title } = await loadSettings(app.db)
  const unsubscribe = unsubscribeUrl(app, accountId)
  const at = new Date()
  try {
    await mailer.send({
      key: `applicants.${accountId}`,
      at,
      to: { name: recipient.username, address: recipient.email },
      ...(await applicantsMail(
        { waiting, username: recipient.username, unsubscribe },
        { origin: app.config.origin, instance: title },
        messagesIn(bestLocale([recipient.locale])),
      )),
      unsubscribeUrl: unsubscribe,
    })
  } catch (error) {
    await releaseApplicantsMail(app, accountId)
    throw error
  }
}

/** Mails a person that their sign-up was rejected. */
export async function sendRejectionMail(
  app: App,
  mailer: Mailer,
  { accountId, letter: sealed }: Jobs['rejection-mail'],
): Promise<void> {
  const opened = app.secrets.unseal(sealed)
  if (opened === null) return
  using _server = mailer.take()
  const letter = JSON.parse(opened) as RejectionLetter
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `rejected.${accountId}`,
    at: new Date(),
    to: { name: letter.username, address: letter.email },
    ...(await rejectionMail(
      letter,
      { origin: app.config.origin, instance: title },
      messagesIn(bestLocale([letter.locale])),
    )),
  })
}
