import { loadSecurityMail } from '#src/accounts/security/log.ts'
import { isPlaceholder } from '#src/accounts/sign-up/placeholder-address.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { formatsIn } from '#src/text/formats.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { securityMail } from './mail/security.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails a person about an entry in their security log. A change of the address is mailed to the old one. */
export async function sendSecurityMail(app: App, mailer: Mailer, { eventId }: Jobs['security-mail']): Promise<void> {
  using _server = mailer.take()
  const event = await loadSecurityMail(app.db, eventId)
  if (!event) return
  const address = event.kind === 'addressChanged' ? (event.details['oldAddress'] ?? event.email) : event.email
  if (isPlaceholder(address)) return
  const { title } = await loadSettings(app.db)
  const locale = bestLocale([event.locale])
  await mailer.send({
    key: `security.${eventId}`,
    at: event.createdAt,
    to: { name: event.username, address },
    ...(await securityMail(
      event,
      { origin: app.config.origin, instance: title },
      messagesIn(locale),
      formatsIn(locale, event.timeZone),
    )),
  })
}
