/** Mails about a person's own account: confirm the address, approved, the address has an account already, choose a new password. */
import type { Messages } from '#src/text/messages.ts'
import { Button, Layout, Paragraph, toHtml } from './layout.tsx'

export type AccountMail =
  | { about: 'join'; username: string; secret: string; provider: string; label: string }
  | { about: 'confirm' | 'change' | 'reset'; username: string; secret: string }
  | { about: 'approved' | 'address-in-use' | 'address-wanted'; username: string }

/** The beginnings of their keys in the catalogue. */
const keys = {
  confirm: 'confirm',
  reset: 'reset',
  approved: 'approved',
  'address-in-use': 'addressInUse',
  join: 'join',
  'address-wanted': 'addressWanted',
  change: 'change',
} as const satisfies Record<AccountMail['about'], string>

type Place = { origin: string; instance: string }

/** Subject and both parts of a mail, in the recipient's language. */
export async function accountMail(
  mail: AccountMail,
  { origin, instance }: Place,
  messages: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const { t } = messages
  const { username: name } = mail
  const about = keys[mail.about]
  const link = linkOf(mail, origin)
  const subject = t(`mail.${about}Subject`, { server: instance })
  const hello = t('mail.hello', { name })
  const names = mail.about === 'join' ? { provider: mail.provider, label: mail.label } : {}
  const lead = t(`mail.${about}Lead`, { name, ...names })
  const action = t(`mail.${about}Action`)
  const after = t(`mail.${about}After`, { link: `${origin}/password`, name })
  const text = [hello, lead, `${t('mail.actionLink', { action })}\n${link}`, after, `${instance}\n${origin}`].join(
    '\n\n',
  )
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin} smallPrint={after}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      <Button href={link}>{action}</Button>
    </Layout>,
  )
  return { subject, text, html }
}

function linkOf(mail: AccountMail, origin: string): string {
  switch (mail.about) {
    case 'confirm':
      return linkTo(origin, '/confirm', mail.secret)
    case 'change':
      return linkTo(origin, '/settings/email/confirm', mail.secret)
    case 'reset':
      return linkTo(origin, '/reset', mail.secret)
    case 'join':
      return linkTo(origin, '/login/join/mail', mail.secret)
    case 'approved':
    case 'address-in-use':
    case 'address-wanted':
      return `${origin}/login`
  }
}

/** Links in mails go to the configured origin, whatever the request's headers. */
export function linkTo(origin: string, path: string, secret: string): string {
  const url = new URL(path, origin)
  url.searchParams.set('token', secret)
  return url.href
}
