/** Mails about applicants: to moderators, that people wait for approval, and to those who were rejected. */
import type { Messages } from '#src/text/messages.ts'
import { Layout, Paragraph, Quote, toHtml } from './layout.tsx'
import { waitingMail } from './waiting.tsx'

type Place = { origin: string; instance: string }
type MailTexts = { subject: string; text: string; html: string }

/** Subject and both parts of a mail to a moderator, in the recipient's language. */
export async function applicantsMail(
  { waiting, ...to }: { waiting: number; username: string; unsubscribe: string },
  place: Place,
  messages: Messages,
): Promise<MailTexts> {
  const { t } = messages
  const server = place.instance
  const words = {
    subject: t('mail.applicantsSubject', { count: waiting, server }),
    lead: t('mail.applicantsLead', { count: waiting, server }),
    action: t('mail.applicantsAction'),
    link: `${place.origin}/admin/applicants`,
    why: t('mail.applicantsWhy', { server }),
  }
  return waitingMail(words, to, place, messages)
}

/** Subject and both parts of a mail to a person who was rejected. */
export async function rejectionMail(
  { username: name, text: words }: { username: string; text: string },
  { origin, instance }: Place,
  messages: Messages,
): Promise<MailTexts> {
  const { t } = messages
  const subject = t('mail.rejectedSubject', { server: instance })
  const hello = t('mail.hello', { name })
  const lead = t('mail.rejectedLead', { name, server: instance })
  const quoteLead = t('mail.rejectedText')
  const after = t('mail.rejectedAfter')
  const text = [
    hello,
    lead,
    ...(words === '' ? [] : [quoteLead, words.replace(/^/gm, '> ')]),
    after,
    `${instance}\n${origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin} smallPrint={after}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      {words !== '' && (
        <>
          <Paragraph>{quoteLead}</Paragraph>
          <Quote text={words} />
        </>
      )}
    </Layout>,
  )
  return { subject, text, html }
}
