import { loadStrikeMail } from '#src/moderation/accounts/strike-mail.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { formatsIn } from '#src/text/formats.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { strikeMail } from './mail/strike.tsx'
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
      { ...strike, id: strikeId },
      { origin: app.config.origin, instance: title },
      messagesIn(locale),
      formatsIn(locale, strike.timeZone),
    )),
  })
}
