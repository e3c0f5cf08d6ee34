import { newChangeSecret } from '#src/accounts/mail-address/change.ts'
import { newJoinToken } from '#src/accounts/providers/join.ts'
import { mailRecipient } from '#src/accounts/recipient.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { type AccountMail, accountMail } from './mail/account.tsx'
import type { Mailer } from './mail/transport.ts'

/**
 * Mails a person about their own account. The secret of a link is made here, so that none is stored in the queue; a repeated
 * run sends a new link, and the earlier one becomes invalid.
 */
export async function sendAccountMail(
  app: App,
  mailer: Mailer,
  { accountId, about }: Jobs['account-mail'],
): Promise<void> {
  using _server = mailer.take()
  const prepared = await prepare(app, { accountId, about })
  if (!prepared) return
  const { email, mail, locale } = prepared
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `account.${about}.${accountId}`,
    at: new Date(),
    to: { name: mail.username, address: email },
    ...(await accountMail(mail, { origin: app.config.origin, instance: title }, messagesIn(bestLocale([locale])))),
  })
}

async function prepare(
  app: App,
  { accountId, about }: Jobs['account-mail'],
): Promise<{ email: string; locale: string | null; mail: AccountMail } | null> {
  if (about === 'approved' || about === 'address-in-use' || about === 'address-wanted') {
    const recipient = await mailRecipient(app.db, accountId)
    return recipient && { ...recipient, mail: { about, username: recipient.username } }
  }
  if (about === 'join') {
    const join = await app.db.transaction((tx) => newJoinToken(tx, app, accountId))
    return join && { email: join.email, locale: join.locale, mail: { about, ...join } }
  }
  const token = await app.db.transaction((tx) =>
    about === 'change' ? newChangeSecret(tx, accountId) : newMailToken(tx, accountId, about),
  )
  return (
    token && {
      email: token.email,
      locale: token.locale,
      mail: { about, username: token.username, secret: token.secret },
    }
  )
}
