import { newUndoSecret } from '#src/accounts/mail-address/undo.ts'
import { loadSecurityMail, type SecurityEvent } from '#src/accounts/security/log.ts'
import { isPlaceholder } from '#src/accounts/sign-up/placeholder-address.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { formatsIn } from '#src/text/formats.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { securityMail } from './mail/security.tsx'
import type { Mailer } from './mail/transport.ts'

/**
 * Mails a person about an entry in their security log. Of a changed address, the old one is told, with a link that brings it back,
 * whose secret is made here. When an address came back, a job of its own tells the other one, whose server may take no mails.
 */
export async function sendSecurityMail(app: App, mailer: Mailer, payload: Jobs['security-mail']): Promise<void> {
  using _server = mailer.take()
  const { eventId, toFormer = false } = payload
  const event = await loadSecurityMail(app.db, eventId)
  const address = event && addressOf(event, toFormer)
  if (!address || isPlaceholder(address)) return
  const undo = event.kind === 'addressChanged' ? await app.db.transaction((tx) => newUndoSecret(tx, eventId)) : null
  const { title } = await loadSettings(app.db)
  const locale = bestLocale([event.locale])
  await mailer.send({
    key: `security.${eventId}${toFormer ? '.former' : ''}`,
    at: event.createdAt,
    to: { name: event.username, address },
    ...(await securityMail(
      { ...event, undo },
      { origin: app.config.origin, instance: title },
      messagesIn(locale),
      formatsIn(locale, event.timeZone),
    )),
  })
  if (event.kind === 'addressRestored' && !toFormer)
    await app.db.transaction((tx) => addJobs(tx, [{ name: 'security-mail', payload: { eventId, toFormer: true } }]))
}

function addressOf({ kind, details, email }: SecurityEvent & { email: string }, toFormer: boolean): string | undefined {
  if (toFormer) return details['formerAddress']
  return kind === 'addressChanged' ? details['oldAddress'] : email
}
