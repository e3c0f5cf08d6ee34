import { loadAppealMail, loadStrikeMail } from '#src/moderation/accounts/strike-mail.ts'
import { strikeUrl } from '#src/moderation/appeals.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { formatsIn } from '#src/text/formats.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { appealMail, liftMail, strikeMail } from './mail/strike.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails a person about an action of staff against their account. */
export async function sendStrikeMail(app: App, mailer: Mailer, { strikeId }: Jobs['strike-mail']): Promise<void> {
  using _server = mailer.take()
  const strike = await loadStrikeMail(app.db, strikeId)
  if (!strike) return
  const { title } = await loadSettings(app.db)
  const locale = bestLocale([strike.locale])
  await mailer.send({
    key: `strike.${strikeId}`,
    at: strike.createdAt,
    to: { name: strike.username, address: strike.email },
    ...(await strikeMail(
      { ...strike, link: strikeUrl(app, strikeId) },
      { origin: app.config.origin, instance: title },
      messagesIn(locale),
      formatsIn(locale, strike.timeZone),
    )),
  })
}

/** Mails a person that an action of staff against their account was lifted. */
export async function sendLiftMail(app: App, mailer: Mailer, { strikeId }: Jobs['lift-mail']): Promise<void> {
  using _server = mailer.take()
  const strike = await loadStrikeMail(app.db, strikeId)
  if (!strike?.liftedAt) return
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `lift.${strikeId}`,
    at: strike.liftedAt,
    to: { name: strike.username, address: strike.email },
    ...(await liftMail(
      { ...strike, link: strikeUrl(app, strikeId) },
      { origin: app.config.origin, instance: title },
      messagesIn(bestLocale([strike.locale])),
    )),
  })
}

/** Mails a person that their appeal was approved or rejected. */
export async function sendAppealMail(app: App, mailer: Mailer, { strikeId }: Jobs['appeal-mail']): Promise<void> {
  using _server = mailer.take()
  const answer = await loadAppealMail(app.db, strikeId)
  if (!answer) return
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `appeal.${strikeId}`,
    at: answer.decidedAt,
    to: { name: answer.username, address: answer.email },
    ...(await appealMail(
      { ...answer, link: strikeUrl(app, strikeId) },
      { origin: app.config.origin, instance: title },
      messagesIn(bestLocale([answer.locale])),
    )),
  })
}
