/** Mails that tell staff what waits for them. */
import type { Jobs } from '#src/outbox/jobs.ts'
import type { Messages } from '#src/text/messages.ts'
import { Button, Layout, Paragraph, toHtml } from './layout.tsx'

const pages = { appeals: '/admin/appeals', reviews: '/admin/appeals' } as const
const texts = {
  appeals: { lead: 'strikes.staffAppeals', action: 'strikes.staffAppealsAction' },
  reviews: { lead: 'strikes.staffReviews', action: 'strikes.staffReviewsAction' },
} as const

/** Subject and both parts of a mail to a member of staff, in the recipient's language. */
export async function staffMail(
  {
    about,
    waiting,
    username,
    unsubscribe,
  }: { about: Jobs['staff-mail']['about']; waiting: number; username: string; unsubscribe: string },
  { origin, instance }: { origin: string; instance: string },
  { t, locale }: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const subject = t('strikes.staffSubject', { server: instance })
  const hello = t('mail.hello', { name: username })
  const lead = t(texts[about].lead, { count: waiting, server: instance })
  const action = t(texts[about].action)
  const link = `${origin}${pages[about]}`
  const why = t('strikes.staffWhy', { server: instance })
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
