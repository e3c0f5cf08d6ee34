/** Mails that tell staff of appeals, of actions that come up for review, and of webhooks that were turned off. */
import type { Jobs } from '#src/outbox/jobs.ts'
import type { Messages } from '#src/text/messages.ts'
import { waitingMail } from './waiting.tsx'

const texts = {
  appeals: { lead: 'strikes.staffAppeals', action: 'strikes.staffAppealsAction', path: '/admin/appeals' },
  // Reviews stand on the page of appeals.
  reviews: { lead: 'strikes.staffReviews', action: 'strikes.staffReviewsAction', path: '/admin/appeals' },
  webhooks: { lead: 'webhooks.staffLead', action: 'webhooks.staffAction', path: '/admin/webhooks' },
} as const

/** Subject and both parts of a mail to a member of staff, in the recipient's language. */
export async function staffMail(
  {
    about,
    waiting,
    ...to
  }: { about: Jobs['staff-mail']['about']; waiting: number; username: string; unsubscribe: string },
  place: { origin: string; instance: string },
  messages: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const { t } = messages
  const server = place.instance
  const words = {
    subject: t(about === 'webhooks' ? 'webhooks.staffSubject' : 'strikes.staffSubject', { server }),
    lead: t(texts[about].lead, { count: waiting, server }),
    action: t(texts[about].action),
    link: `${place.origin}${texts[about].path}`,
    why: t('strikes.staffWhy', { server }),
  }
  return waitingMail(words, to, place, messages)
}
