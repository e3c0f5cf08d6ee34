/** Mails about an entry in the security log of an account. */
import { undoDays } from '#src/accounts/mail-address/undo.ts'
import type { SecurityEvent } from '#src/accounts/security/log.ts'
import { browserName } from '#src/text/browser-name.ts'
import type { Formats } from '#src/text/formats.ts'
import type { Messages } from '#src/text/messages.ts'
import { linkTo } from './account.tsx'
import { Button, Layout, Paragraph, toHtml } from './layout.tsx'

type Place = { origin: string; instance: string }

/** Pages on which a new way into the account is removed. A new password leaves it as it is, so the mail has to say more. */
const newWaysIn: Partial<Record<SecurityEvent['kind'], string>> = {
  authenticatorAdded: '/settings/two-factor',
  identityLinked: '/settings/providers',
  passkeyAdded: '/settings/passkeys',
}

/** Subject and both parts of a mail, in the recipient's language. */
export async function securityMail(
  {
    kind,
    details,
    userAgent,
    address,
    createdAt,
    username,
    undo,
  }: SecurityEvent & {
    username: string
    /** The secret of the link that undoes the event. */
    undo: string | null
  },
  { origin, instance }: Place,
  messages: Messages,
  formats: Formats,
): Promise<{ subject: string; text: string; html: string }> {
  const { t } = messages
  const values = { ...details, name: username, server: instance }
  const subject = t('security.mailSubject', { what: t(`security.${kind}`, values), server: instance })
  const hello = t('mail.hello', { name: username })
  const lead = t(`security.${kind}Lead`, values)
  const circumstances = t(address ? 'security.mailFromAddress' : 'security.mailFrom', {
    time: formats.moment(createdAt),
    browser: userAgent ? browserName(userAgent, messages) : t('security.byStaff'),
    address,
  })
  const action = t(undo ? 'security.undoAction' : 'security.mailAction')
  const wayIn = newWaysIn[kind]
  const afterKey = wayIn
    ? 'security.mailAfterWayIn'
    : kind === 'factorsReset'
      ? 'security.mailAfterStaff'
      : 'security.mailAfter'
  const link = undo ? linkTo(origin, '/address/undo', undo) : `${origin}${wayIn ?? '/settings/account'}`
  const after = undo ? t('security.undoAfter', { days: undoDays }) : t(afterKey, { link: `${origin}/password` })
  const text = [
    hello,
    lead,
    circumstances,
    `${t('mail.actionLink', { action })}\n${link}`,
    after,
    `${instance}\n${origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin} smallPrint={after}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      <Paragraph>{circumstances}</Paragraph>
      <Button href={link}>{action}</Button>
    </Layout>,
  )
  return { subject, text, html }
}
