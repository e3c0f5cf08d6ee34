/** Mails about a person's own account: confirm the address, approved, you have an account already, choose a new password. */
import { Button, Layout, Paragraph, toHtml } from './layout.tsx'

export type AccountMail =
  | { about: 'confirm' | 'reset'; username: string; secret: string }
  | { about: 'approved' | 'address-in-use'; username: string }

type Place = { origin: string; instance: string }
type Words = { subject: string; lead: string; link: string; action: string; after: string }

/** Subject and both parts of a mail. */
export async function accountMail(
  mail: AccountMail,
  place: Place,
): Promise<{ subject: string; text: string; html: string }> {
  const { subject, lead, link, action, after } = words(mail, place)
  const text = [
    `Hello ${mail.username},`,
    lead,
    `${action}:\n${link}`,
    after,
    `${place.instance}\n${place.origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout subject={subject} instance={place.instance} origin={place.origin} smallPrint={after}>
      <Paragraph>Hello {mail.username},</Paragraph>
      <Paragraph>{lead}</Paragraph>
      <Button href={link}>{action}</Button>
    </Layout>,
  )
  return { subject, text, html }
}

function words(mail: AccountMail, { origin, instance }: Place): Words {
  switch (mail.about) {
    case 'confirm':
      return {
        subject: `Confirm your mail address for ${instance}`,
        lead: `Somebody, hopefully you, signed up as @${mail.username}. Confirm that this address is yours, and you can begin.`,
        link: linkTo(origin, '/confirm', mail.secret),
        action: 'Confirm this address',
        after: 'The link is good for 48 hours. If it wasn’t you, do nothing: without it the account stays closed.',
      }
    case 'reset':
      return {
        subject: `A new password for ${instance}`,
        lead: `Somebody, hopefully you, asked for a new password for @${mail.username}.`,
        link: linkTo(origin, '/reset', mail.secret),
        action: 'Choose a new password',
        after:
          'The link is good for two hours and works once. If it wasn’t you, do nothing: your password stays as it is.',
      }
    case 'approved':
      return {
        subject: `Welcome to ${instance}`,
        lead: `Your account @${mail.username} was approved. You can log in and say hello.`,
        link: `${origin}/login`,
        action: 'Log in',
        after: 'You get this mail because you asked to join.',
      }
    case 'address-in-use':
      return {
        subject: `You have an account on ${instance}`,
        lead: `Somebody, perhaps you, signed up with this address, which belongs to @${mail.username} already. No second account was made.`,
        link: `${origin}/login`,
        action: 'Log in',
        after: `If you forgot the password, choose a new one at ${origin}/password. If it wasn’t you, do nothing.`,
      }
  }
}

/** Links in mails go to the configured origin, whatever the request's headers. */
function linkTo(origin: string, path: string, secret: string): string {
  const url = new URL(path, origin)
  url.searchParams.set('token', secret)
  return url.href
}
