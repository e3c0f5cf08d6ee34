/** Mails about an action of staff against an account, and about its appeal. */
import type { AppealAnswer, StrikeNotice } from '#src/moderation/accounts/strike-mail.ts'
import type { Formats } from '#src/text/formats.ts'
import type { Messages } from '#src/text/messages.ts'
import { Button, Layout, Paragraph, Quote, toHtml } from './layout.tsx'

type Place = { origin: string; instance: string }
type Written = { subject: string; text: string; html: string }

/** Subject and both parts of a mail, in the recipient's language. */
export async function strikeMail(
  { told, text: words, endsAt, username, link }: StrikeNotice & { link: string },
  { origin, instance }: Place,
  messages: Messages,
  formats: Formats,
): Promise<Written> {
  const { t } = messages
  const subject = t('strikes.mailSubject', { server: instance })
  const hello = t('mail.hello', { name: username })
  const lead = [t(`strikes.${told}`), ...(endsAt ? [t('strikes.mailEnds', { day: formats.day(endsAt) })] : [])].join(
    ' ',
  )
  const appeal = t('strikes.mailAppeal')
  const label = t('strikes.mailAction')
  const text = [
    hello,
    lead,
    ...(words === '' ? [] : [words.replaceAll(/^/gm, '> ')]),
    appeal,
    `${t('mail.actionLink', { action: label })}\n${link}`,
    `${instance}\n${origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      {words !== '' && <Quote text={words} />}
      <Paragraph>{appeal}</Paragraph>
      <Button href={link}>{label}</Button>
    </Layout>,
  )
  return { subject, text, html }
}

/** Subject and both parts of the mail about a strike that was lifted. */
export const liftMail = (
  { told, username, link }: Pick<StrikeNotice, 'told' | 'username'> & { link: string },
  place: Place,
  messages: Messages,
): Promise<Written> =>
  news(messages.t('strikes.liftedSubject', { server: place.instance }), messages.t(`strikes.lifted_${told}`), {
    username,
    link,
    place,
    messages,
  })

/** Subject and both parts of the mail that answers an appeal. */
export const appealMail = (
  {
    isApproved,
    told,
    answer,
    username,
    link,
  }: Pick<AppealAnswer, 'isApproved' | 'told' | 'answer' | 'username'> & { link: string },
  place: Place,
  messages: Messages,
): Promise<Written> =>
  news(
    messages.t('strikes.appealSubject', { server: place.instance }),
    isApproved ? messages.t('strikes.appealApproved', { told }) : messages.t('strikes.appealRejected'),
    { username, link, place, messages, words: answer },
  )

/** A mail with one sentence of news, what staff wrote, and the way to the strike. */
async function news(
  subject: string,
  lead: string,
  {
    username,
    link,
    place,
    messages,
    words = '',
  }: { username: string; link: string; place: Place; messages: Messages; words?: string },
): Promise<Written> {
  const { t, locale } = messages
  const { instance, origin } = place
  const hello = t('mail.hello', { name: username })
  const label = t('strikes.appealAction')
  const text = [
    hello,
    lead,
    ...(words === '' ? [] : [words.replaceAll(/^/gm, '> ')]),
    `${t('mail.actionLink', { action: label })}\n${link}`,
    `${instance}\n${origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout language={locale} subject={subject} instance={instance} origin={origin}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      {words !== '' && <Quote text={words} />}
      <Button href={link}>{label}</Button>
    </Layout>,
  )
  return { subject, text, html }
}
