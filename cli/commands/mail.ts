import { loadConfig } from '#src/platform/config.ts'
import { Refusal } from '#src/platform/errors.ts'
import { lastMail } from '../../jobs/mail/stored-mails.ts'
import { environment, home, run } from '../session.ts'

/** `mail last` */
export function last(options: { json?: boolean }): Promise<void> {
  return run(options.json ?? false, async () => {
    const config = loadConfig(environment(), home)
    const mail = await lastMail(config)
    if (!mail)
      throw new Refusal(
        'not_found',
        config.smtpUrl ? 'No mail is kept here: they go out by SMTP_URL' : 'No mail was written yet',
      )
    return { data: mail, lines: [`To: ${mail.to}`, `Subject: ${mail.subject}`, '', mail.text] }
  })
}
