/** The layout of mails to staff about something that waits for them, with a link that ends such mails. */
import type { Messages } from '#src/text/messages.ts'
import { Button, Layout, Paragraph, toHtml } from './layout.tsx'

type Words = { subject: string; lead: string; action: string; link: string; why: string }
type To = { username: string; unsubscribe: string }

/** Subject and both parts of a mail, from texts in the recipient's language. */
export async function waitingMail(
  { subject, lead, action, link, why }: Words,
  { username, unsubscribe }: To,
  { origin, instance }: { origin: string; instance: string },
  { t, locale }: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const hello = t('mail.hello', { name: username })
  const text = [
    hello,
    lead,
    `${t('mail.actionLink', { action })}\n${link}`,
    `-- \n${why}\n${t('mail.noMoreAt', { link: unsubscribe })}\n${instance}, ${origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout
      language={locale}
      subject={subject}
      instance={instance}
      origin={origin}
      smallPrint={
        <>
          {why}{' '}
          <a href={unsubscribe} style="color:inherit">
            {t('mail.noMore')}
          </a>
        </>
      }
    >
      <Paragraph>{hello}</Paragraph>
      <Paragraph>{lead}</Paragraph>
      <Button href={link}>{action}</Button>
    </Layout>,
  )
  return { subject, text, html }
}
