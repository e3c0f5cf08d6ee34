/** Receivers of push messages: a push service on a loopback port, and an app that decrypts the messages. */
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Receiver = { pair: ECDH; auth: Buffer; keys: { p256dh: string; auth: string } }

/** An app with new keys. */
export function newReceiver(): Receiver {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const auth = randomBytes(16)
  return { pair, auth, keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') } }
}

type Headers = Record<string, string | string[] | undefined>

/** Opens a message in either encoding. @throws Error when it was not meant for this receiver */
export function open(receiver: Receiver, { body, headers }: { body: Buffer; headers: Headers }): Buffer {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
  return given['content-encoding'] === 'aes128gcm' ? openStandard(receiver, body) : openDraft(receiver, body, given)
}

const derive = (secret: Buffer, salt: Buffer, about: Buffer, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, about, bytes))

function openStandard({ pair, auth }: Receiver, body: Buffer): Buffer {
  const salt = body.subarray(0, 16)
  const sender = body.subarray(21, 21 + body.readUInt8(20))
  const secret = derive(
    pair.computeSecret(sender),
    auth,
    Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]),
    32,
  )
  const plain = decrypt(
    body.subarray(21 + sender.length),
    derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16),
    derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  )
  if (plain.at(-1) !== 2) throw new Error('The last record is not marked')
  return plain.subarray(0, -1)
}

function openDraft({ pair, auth }: Receiver, body: Buffer, headers: Record<string, string>): Buffer {
  const member = (header: string, name: string) =>
    Buffer.from(new RegExp(`(?:^|;)${name}=([\\w-]+)`).exec(headers[header] ?? '')?.[1] ?? '', 'base64url')
  const [salt, sender] = [member('encryption', 'salt'), member('crypto-key', 'dh')]
  const secret = derive(pair.computeSecret(sender), auth, Buffer.from('Content-Encoding: auth\0'), 32)
  const context = Buffer.concat([
    Buffer.from('P-256\0'),
    Buffer.of(0, 65),
    pair.getPublicKey(),
    Buffer.of(0, 65),
    sender,
  ])
  const about = (name: string) => Buffer.concat([Buffer.from(`Content-Encoding: ${name}\0`), context])
  const plain = decrypt(body, derive(secret, salt, about('aesgcm'), 16), derive(secret, salt, about('nonce'), 12))
  return plain.subarray(2 + plain.readUInt16BE(0))
}

function decrypt(sealed: Buffer, key: Buffer, nonce: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: 16 }).setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
}

export type Sent = { path: string; headers: IncomingHttpHeaders; body: Buffer }
export type PushService = AsyncDisposable & {
  url: string
  /** Received messages, in order. */
  sent: Sent[]
  /** Sets the status of its answers; 201 at first. */
  answer(status: number): void
}

/** A push service that accepts everything, until its status is changed. */
export async function pushService(): Promise<PushService> {
  const sent: Sent[] = []
  let status = 201
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      sent.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    answer(next) {
      status = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
