/**
 * Encrypts push messages for one browser or app, so that the push service in between can't read them: `aes128gcm` (RFC
 * 8291), and its draft `aesgcm`, which older apps understand.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8291
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-webpush-encryption-04
 */
import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'

/** The app's public key, a point on P-256, and the secret that it shares with this server; both base64url. */
export type Keys = { p256dh: string; auth: string }

/** A body with the headers that the app decrypts it by. The draft's `Crypto-Key` also takes the server's VAPID key. */
export type Encrypted = { body: Buffer; headers: Record<string, string> }

/** Key pair and salt of one message; only tests pass them. */
export type Ephemeral = { pair: ECDH; salt: Buffer }

/** Bytes of a record; a message is one record, which push services limit to 4,096 bytes anyway. */
const recordSize = 4_096
/** The largest message before encryption, so that the encrypted body stays within a record. */
export const maxMessageBytes = 3_900

/** Encrypts by RFC 8291. */
export function encrypt(message: Buffer, keys: Keys, { pair, salt }: Ephemeral = ephemeral()): Encrypted {
  const { theirs, ours, shared, auth } = agree(keys, pair)
  const secret = derive(shared, auth, Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]), 32)
  const header = Buffer.alloc(salt.length + 5)
  salt.copy(header)
  header.writeUInt32BE(recordSize, salt.length)
  header.writeUInt8(ours.length, salt.length + 4)
  // 2 marks the end of the last record.
  const sealed = seal(Buffer.concat([message, Buffer.of(2)]), secret, salt, info('aes128gcm'), info('nonce'))
  return { body: Buffer.concat([header, ours, sealed]), headers: { 'Content-Encoding': 'aes128gcm' } }
}

/** Encrypts by the draft. */
export function encryptAsDraft(message: Buffer, keys: Keys, { pair, salt }: Ephemeral = ephemeral()): Encrypted {
  const { theirs, ours, shared, auth } = agree(keys, pair)
  const secret = derive(shared, auth, info('auth'), 32)
  const context = Buffer.concat([Buffer.from('P-256\0'), withLength(theirs), withLength(ours)])
  // Two bytes give the length of the padding.
  const sealed = seal(
    Buffer.concat([Buffer.alloc(2), message]),
    secret,
    salt,
    Buffer.concat([info('aesgcm'), context]),
    Buffer.concat([info('nonce'), context]),
  )
  return {
    body: sealed,
    headers: {
      'Content-Encoding': 'aesgcm',
      Encryption: `salt=${salt.toString('base64url')}`,
      'Crypto-Key': `dh=${ours.toString('base64url')}`,
    },
  }
}

function ephemeral(): Ephemeral {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  return { pair, salt: randomBytes(16) }
}

function agree({ p256dh, auth }: Keys, pair: ECDH) {
  const theirs = Buffer.from(p256dh, 'base64url')
  return { theirs, ours: pair.getPublicKey(), shared: pair.computeSecret(theirs), auth: Buffer.from(auth, 'base64url') }
}

function seal(plain: Buffer, secret: Buffer, salt: Buffer, keyInfo: Buffer, nonceInfo: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', derive(secret, salt, keyInfo, 16), derive(secret, salt, nonceInfo, 12))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const derive = (secret: Buffer, salt: Buffer, about: Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, about, bytes))
const info = (name: string): Buffer => Buffer.from(`Content-Encoding: ${name}\0`)
const withLength = (key: Buffer): Buffer => Buffer.concat([Buffer.of(0, key.length), key])
