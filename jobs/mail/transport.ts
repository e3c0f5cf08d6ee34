/** Sends mails by SMTP, or stores them as files in the data folder while no server is set. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { App } from '#src/platform/app.ts'
import type { Config } from '#src/platform/config.ts'
import { askHost, checkHostUp, hostKey, acquireHost } from '#src/platform/queue/hosts.ts'
import { minuteMs } from '#src/platform/time.ts'

/** A mail to one person. */
type Mail = {
  /** Identifies the mail: the same mail, sent again after a crash, has the same key. Letters, digits, dots and hyphens. */
  key: string
  /** The date of the mail, which identifies it together with `key`. */
  at: Date
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  /** The URL where a POST unsubscribes from such mails (RFC 8058); undefined for mails that a person asked for. */
  unsubscribeUrl?: string
}

export type Mailer = {
  /**
   * Acquires the mail server for a job, until it is disposed of.
   *
   * @throws HostUnavailable when the server can't be used now
   */
  take(): Disposable
  /**
   * Resolves when the mail was accepted. Throws when it was not, so that the job is retried.
   *
   * @param beforeLast runs when all but the end of the mail was transmitted: until then the mail is surely not sent
   */
  send(mail: Mail, beforeLast?: () => Promise<void>): Promise<void>
}

/** Short timeouts: a job must not wait long for a mail server. */
const smtpTimeouts = { connectionTimeout: 5_000, greetingTimeout: 10_000, socketTimeout: 15_000, dnsTimeout: 5_000 }
/** People may wait for a link to log in: a server that was down is soon tried again. */
const pauses = { firstPauseMs: 10_000, maxPauseMs: minuteMs }
const safe = { disableFileAccess: true, disableUrlAccess: true }

export function mailer(app: Pick<App, 'config' | 'db'>): Mailer {
  const { config } = app
  // Loaded with the first mail, as it takes 15 MB.
  const nodemailer = () => import('nodemailer')
  const compose = async (mail: Mail, bodies: object) => {
    const { createTransport } = await nodemailer()
    const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...safe })
    return (await composer.sendMail({ ...toMessage(config, mail), ...bodies })).message as Buffer
  }
  if (config.smtpUrl) {
    const url = config.smtpUrl
    const host = hostKey(url)
    return {
      take() {
        checkHostUp(app, host)
        return acquireHost(app, 'mail', host)
      },
      async send(mail, beforeLast) {
        const content = await compose(mail, { text: mail.text, html: mail.html })
        const raw = Readable.from(parts(content, beforeLast))
        const { createTransport } = await nodemailer()
        const hand = () =>
          createTransport({ url, ...smtpTimeouts, ...safe }).sendMail({
            envelope: { from: sender(config.mailFrom).address, to: mail.to.address },
            raw,
          })
        await askHost(app, host, hand, { isAnswer, ...pauses }).catch(refuse)
      },
    }
  }
  return {
    take: () => ({ [Symbol.dispose]() {} }),
    async send(mail, beforeLast) {
      // A repeated write makes the same file, so this may come first.
      await storeFile(
        mailFolder(config),
        fileName(mail),
        await compose(mail, { alternatives: [asTyped('text/plain', mail.text), asTyped('text/html', mail.html)] }),
      )
      await beforeLast?.()
    },
  }
}

/** The folder of mails while no server is set. */
export const mailFolder = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'mail')

/** A body in 8 bits, with readable links, for people who open the file to copy one. */
const asTyped = (type: string, text: string) => ({
  raw: `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}`,
})

/** The server accepts a mail only with the final dot, which follows the last part. */
async function* parts(content: Buffer, beforeLast?: () => Promise<void>): AsyncGenerator<Buffer> {
  yield content
  await beforeLast?.()
}

/** Whether the server answered, even if it refused the mail. */
const isAnswer = (error: unknown): boolean => (error as { responseCode?: number }).responseCode !== undefined

/** A mail server's message repeats the address, which belongs neither in the log nor in the queue: its codes are enough. */
function refuse(error: Error & { code?: string; responseCode?: number }): never {
  throw new Error(
    `The mail server did not take the mail (${[error.code, error.responseCode].filter(Boolean).join(' ') || 'no answer'})`,
  )
}

/** Names sort by time; the same mail has the same name, so that it is stored once, however often its job runs. */
const fileName = ({ at, key }: Mail): string => `${at.toISOString().replace(/[:-]/g, '')}-${key}.eml`

/** Writes the file wholly or not at all, readable only by its owner: it may hold a link that logs in. */
async function storeFile(folder: string, name: string, content: Buffer): Promise<void> {
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
    // A crash may send a mail twice; mailboxes show both as one by this id.
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

/** Parses `Pipit <pipit@example.com>` or a bare address, as in the settings. */
function sender(text: string): { name: string; address: string } {
  const [, name = '', address = text] = /^(.*?) ?<([^<>]+)>$/.exec(text) ?? []
  return { name, address }
}
