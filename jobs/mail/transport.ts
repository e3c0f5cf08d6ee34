/** Sends mails by SMTP, or keeps them as files in the data folder while no server is set. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { App } from '#src/platform/app.ts'
import type { Config } from '#src/platform/config.ts'
import { askHost, checkUp, hostKey, takeHost } from '#src/platform/queue/hosts.ts'
import { minuteMs } from '#src/platform/time.ts'

/** A mail to one person. */
type Mail = {
  /** Tells mails apart: the same mail, sent again after a crash, has the same one. Letters, digits, dots and hyphens. */
  key: string
  /** What `key` is from. */
  at: Date
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  /** Where a POST ends this kind of mail (RFC 8058); undefined for mails that a person asked for. */
  unsubscribeUrl?: string
}

export type Mailer = {
  /**
   * Takes the mail server for a job, until it is disposed of.
   *
   * @throws PutOff when the server can't be asked now
   */
  take(): Disposable
  /**
   * Resolves when the mail was accepted. Throws when it was not, so that the job is retried.
   *
   * @param beforeLast runs when all but the end of the mail was handed over: until then it is surely not sent
   */
  send(mail: Mail, beforeLast?: () => Promise<void>): Promise<void>
}

/** For what comes by itself: nobody waits longer for a mail server than a job may take. */
const smtpTimeouts = { connectionTimeout: 5_000, greetingTimeout: 10_000, socketTimeout: 15_000, dnsTimeout: 5_000 }
/** Somebody may wait for a link to log in: a server that was down is soon tried again. */
const pauses = { firstPauseMs: 10_000, maxPauseMs: minuteMs }
const safe = { disableFileAccess: true, disableUrlAccess: true }

export function mailer(app: Pick<App, 'config' | 'db'>): Mailer {
  const { config } = app
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...safe })
  const compose = async (mail: Mail, bodies: object) =>
    (await composer.sendMail({ ...toMessage(config, mail), ...bodies })).message as Buffer
  if (config.smtpUrl) {
    const smtp = createTransport({ url: config.smtpUrl, ...smtpTimeouts, ...safe })
    const host = hostKey(config.smtpUrl)
    return {
      take() {
        checkUp(app, host)
        return takeHost(app, 'mail', host)
      },
      async send(mail, beforeLast) {
        const content = await compose(mail, { text: mail.text, html: mail.html })
        const raw = Readable.from(parts(content, beforeLast))
        const hand = () =>
          smtp.sendMail({ envelope: { from: sender(config.mailFrom).address, to: mail.to.address }, raw })
        await askHost(app, host, hand, { isAnswer, ...pauses }).catch(refuse)
      },
    }
  }
  return {
    take: () => ({ [Symbol.dispose]() {} }),
    async send(mail, beforeLast) {
      // Written twice it is the same file, so this may come first.
      await keep(
        mailFolder(config),
        fileName(mail),
        await compose(mail, { alternatives: [asTyped('text/plain', mail.text), asTyped('text/html', mail.html)] }),
      )
      await beforeLast?.()
    },
  }
}

/** Where mails lie while no server is set. */
export const mailFolder = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'mail')

/** A body in 8 bits, in which links stand as they are, for people who open the file to copy one. */
const asTyped = (type: string, text: string) => ({
  raw: `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}`,
})

/** The server takes a mail for whole only with the dot that follows the last part. */
async function* parts(content: Buffer, beforeLast?: () => Promise<void>): AsyncGenerator<Buffer> {
  yield content
  await beforeLast?.()
}

/** A server that refuses a mail is there. */
const isAnswer = (error: unknown): boolean => (error as { responseCode?: number }).responseCode !== undefined

/** What a mail server says repeats the address, which belongs neither into the log nor to the job: its codes tell enough. */
function refuse(error: Error & { code?: string; responseCode?: number }): never {
  throw new Error(
    `The mail server did not take the mail (${[error.code, error.responseCode].filter(Boolean).join(' ') || 'no answer'})`,
  )
}

/** Sorts by time; the same mail gets the same name, so that it is there once, however often its job runs. */
const fileName = ({ at, key }: Mail): string => `${at.toISOString().replace(/[:-]/g, '')}-${key}.eml`

/** The file is there in whole, or not at all, and only its owner may read it: it may hold a link that logs in. */
async function keep(folder: string, name: string, content: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  await writeFile(`${path}.part`, content, { mode: 0o600 })
  await rename(`${path}.part`, path)
}

function toMessage({ mailFrom, origin }: Pick<Config, 'mailFrom' | 'origin'>, mail: Mail) {
  return {
    from: sender(mailFrom),
    to: mail.to,
    subject: mail.subject,
    // Mailboxes that get a mail twice, as a crash may send it again, fold both into one by this.
    messageId: `<${mail.key}.${mail.at.getTime()}@${new URL(origin).hostname}>`,
    headers: {
      // RFC 3834: keeps holiday notices from answering.
      'Auto-Submitted': 'auto-generated',
      ...(mail.unsubscribeUrl
        ? { 'List-Unsubscribe': `<${mail.unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
        : {}),
    },
  }
}

/** `Pipit <pipit@example.com>` or a bare address, as settings have it. */
function sender(text: string): { name: string; address: string } {
  const [, name = '', address = text] = /^(.*?) ?<([^<>]+)>$/.exec(text) ?? []
  return { name, address }
}
