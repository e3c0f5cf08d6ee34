/** Mails to people who reported: the receipt of a report, and the answer of staff. */
import type { ReportAnswer } from '#src/moderation/reports/reporter.ts'
import { acctOf } from '#src/text/acct.ts'
import type { Messages } from '#src/text/messages.ts'
import { Layout, Paragraph, Quote, toHtml } from './layout.tsx'

/** Subject and both parts of a mail, in the recipient's language. */
export async function reportMail(
  { name, answer, targetName: username, domain }: ReportAnswer,
  { origin, instance }: { origin: string; instance: string },
  messages: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const { t } = messages
  const subject = t('mail.reportSubject', { server: instance })
  const hello = t('mail.hello', { name })
  const lead = t('mail.reportLead', { name: `@${acctOf({ username, domain })}`, server: instance })
  const why = t('mail.reportWhy', { server: instance })
  const text = [hello, lead, answer.replaceAll(/^/gm, '> '), `-- \n${why}\n${instance}, ${origin}`].join('\n\n')
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin} smallPrint={why}>
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      <Quote text={answer} />
    </Layout>,
  )
  return { subject, text, html }
}

/**
 * Subject and both parts of the mail that a report of somebody without an account came in. Nothing that was typed is in it: the address
 * may be somebody else's.
 */
export async function receiptMail(
  { reportId }: { reportId: string },
  { origin, instance }: { origin: string; instance: string },
  messages: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const { t } = messages
  const subject = t('mail.receiptSubject', { server: instance })
  const lead = t('mail.receiptLead', { server: instance, id: reportId })
  const next = t('mail.receiptNext')
  const why = t('mail.receiptWhy', { server: instance })
  const text = [lead, next, `-- \n${why}\n${instance}, ${origin}`].join('\n\n')
  const html = await toHtml(
    <Layout language={messages.locale} subject={subject} instance={instance} origin={origin} smallPrint={why}>
      <Paragraph>{lead}</Paragraph>
      <Paragraph>{next}</Paragraph>
    </Layout>,
  )
  return { subject, text, html }
}
