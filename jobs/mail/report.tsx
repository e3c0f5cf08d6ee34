/** Mails with the answer of staff to a report. */
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
