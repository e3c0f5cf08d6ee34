import { loadReceipt, loadReportAnswer } from '#src/moderation/reports/reporter.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { bestLocale, messagesIn } from '#src/text/messages.ts'
import { receiptMail, reportMail } from './mail/report.tsx'
import type { Mailer } from './mail/transport.ts'

/** Mails the answer of staff to the person who reported. */
export async function sendReportMail(app: App, mailer: Mailer, { reportId }: Jobs['report-mail']): Promise<void> {
  using _server = mailer.take()
  const answer = await loadReportAnswer(app.db, reportId)
  if (!answer) return
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `report.${reportId}`,
    at: answer.answeredAt,
    to: { name: answer.name, address: answer.email },
    ...(await reportMail(
      answer,
      { origin: app.config.origin, instance: title },
      messagesIn(bestLocale([answer.locale])),
    )),
  })
}

/** Mails somebody without an account that their report came in. */
export async function sendReceipt(
  app: App,
  mailer: Mailer,
  { reportId, locale }: Jobs['report-receipt'],
): Promise<void> {
  using _server = mailer.take()
  const receipt = await loadReceipt(app.db, reportId)
  if (!receipt) return
  const { title } = await loadSettings(app.db)
  await mailer.send({
    key: `receipt.${reportId}`,
    at: receipt.createdAt,
    to: { name: '', address: receipt.email },
    ...(await receiptMail(
      { reportId },
      { origin: app.config.origin, instance: title },
      messagesIn(bestLocale([locale])),
    )),
  })
}
