/** A mail server on loopback that keeps what it is sent, and can refuse. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type ReceivedMail = Email & { from: string; to: string[]; header(name: string): string | undefined }

export type Mailbox = AsyncDisposable & {
  url: string
  mails: ReceivedMail[]
  /** While true, it answers that it has a problem. */
  isDown: boolean
}

export async function mailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (box.isDown) return done(Object.assign(new Error('try later'), { responseCode: 451 }))
        const { mailFrom, rcptTo } = session.envelope
        PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          const header = (name: string) => mail.headers.find(({ key }) => key === name.toLowerCase())?.value
          mails.push(Object.assign(mail, { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), header }) as unknown as ReceivedMail)
          done()
        }, done)
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const box: Mailbox = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    isDown: false,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  }
  return box
}
