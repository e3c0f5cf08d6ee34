/** A mail server on loopback that stores mails, and can refuse them. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server'

/** A mail as it was read, with the addresses of its envelope. Names of headers are in lower case. */
type ReceivedMail = Omit<Email, 'from' | 'to'> & {
  from: string
  to: string[]
  header(name: string): string | undefined
}

export type Mailbox = AsyncDisposable & {
  url: string
  mails: ReceivedMail[]
  /** While true, it refuses mails temporarily. */
  isDown: boolean
}

export async function mailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    async onData(stream, session, done) {
      const problem = await receive(stream, session.envelope)
      done(problem)
    },
  })
  const receive = async (stream: Readable, { mailFrom, rcptTo }: SMTPServerEnvelope) => {
    const mail = await PostalMime.parse(await buffer(stream))
    if (box.isDown) return Object.assign(new Error('try later'), { responseCode: 451 })
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value
    mails.push({ ...mail, from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), header })
  }
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
