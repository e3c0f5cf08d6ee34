/** Random keys of the instance, made on first start and stored in the database, so that all processes share them. */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPrivateKey,
  type ECDH,
  type JsonWebKey,
  randomBytes,
  sign as signWith,
  timingSafeEqual,
} from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from './db/index.ts'
import { secrets } from './db/schema/instance.ts'

const signing = ['forms', 'links'] as const
type Name = (typeof signing)[number]

export type Secrets = {
  /** A short proof, fit for URLs, that this instance wrote a text. `forms` binds forms to sessions, `links` signs links. */
  sign(name: Name, text: string): string
  verify(name: Name, text: string, signature: string): boolean
  /** The key by which push services recognise this instance (RFC 8292): a point on P-256, in base64url. */
  vapidPublicKey: string
  /** Signs with the key above, as JSON Web Tokens want it (ES256, RFC 7518): base64url. */
  vapidSign(text: string): string
  /** Encrypts a text, such as a token that has to be stored, so that only this instance can read it. */
  seal(text: string): string
  /** Decrypts a sealed text; null for a text that this instance didn't seal. */
  unseal(sealed: string): string | null
}

/** Bytes of the initialisation vector and of the authentication tag of a sealed text (AES-256-GCM). */
const [ivBytes, tagBytes] = [12, 16]

/** Loads the keys and makes missing ones. Processes that start at once end up with the same keys. */
export async function loadSecrets(db: Db): Promise<Secrets> {
  const keys = {} as Record<Name, Buffer>
  for (const name of signing) keys[name] = await insertOrLoad(db, name, randomBytes(32))
  const candidate = createECDH('prime256v1')
  candidate.generateKeys()
  const vapid = createECDH('prime256v1')
  vapid.setPrivateKey(await insertOrLoad(db, 'vapid', candidate.getPrivateKey()))
  const vapidKey = createPrivateKey({ key: toJwk(vapid), format: 'jwk' })
  const sealing = await insertOrLoad(db, 'seal', randomBytes(32))
  const digest = (name: Name, text: string) => createHmac('sha256', keys[name]).update(text).digest()
  return {
    vapidPublicKey: vapid.getPublicKey('base64url'),
    vapidSign: (text) =>
      signWith('sha256', Buffer.from(text), { key: vapidKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
    seal(text) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', sealing, iv)
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < ivBytes + tagBytes) return null
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      }).setAuthTag(bytes.subarray(-tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
    sign: (name, text) => digest(name, text).toString('base64url'),
    verify(name, text, signature) {
      const actual = Buffer.from(signature, 'base64url')
      const expected = digest(name, text)
      return actual.length === expected.length && timingSafeEqual(actual, expected)
    },
  }
}

/** A key pair on P-256 as a JSON Web Key (RFC 7518, 6.2). */
function toJwk(pair: ECDH): JsonWebKey {
  const point = pair.getPublicKey()
  // The hex number has no leading zeros, but the key needs them.
  const d = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex')
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: d.toString('base64url'),
  }
}

/** Stores a key unless there is one, and returns the stored one. */
async function insertOrLoad(db: Db, name: string, value: Buffer): Promise<Buffer> {
  await db.insert(secrets).values({ name, value }).onConflictDoNothing()
  const [row] = await db.select({ value: secrets.value }).from(secrets).where(eq(secrets.name, name))
  // The insert above left a row, ours or an earlier one.
  return row!.value
}
