/** Random keys of the instance, made on first start and kept in the database, so that all processes share them. */
import { createECDH, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/index.ts'
import { secrets } from '../db/schema/instance.ts'

const signing = ['forms', 'links'] as const
type Name = (typeof signing)[number]

export type Secrets = {
  /** A short proof, fit for URLs, that this instance wrote a text. `forms` binds forms to sessions, `links` signs links. */
  sign(name: Name, text: string): string
  verify(name: Name, text: string, signature: string): boolean
  /** What push services know this instance by (RFC 8292): a point on P-256, in base64url. */
  vapidPublicKey: string
}

/** Loads the keys, making those that are missing. Processes that start at once end up with the same ones. */
export async function loadSecrets(db: Db): Promise<Secrets> {
  const keys = {} as Record<Name, Buffer>
  for (const name of signing) keys[name] = await keep(db, name, randomBytes(32))
  const made = createECDH('prime256v1')
  made.generateKeys()
  const vapid = createECDH('prime256v1')
  vapid.setPrivateKey(await keep(db, 'vapid', made.getPrivateKey()))
  const digest = (name: Name, text: string) => createHmac('sha256', keys[name]).update(text).digest()
  return {
    vapidPublicKey: vapid.getPublicKey('base64url'),
    sign: (name, text) => digest(name, text).toString('base64url'),
    verify(name, text, signature) {
      const given = Buffer.from(signature, 'base64url')
      const wanted = digest(name, text)
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    },
  }
}

/** Keeps a key unless there is one, and returns the one that is kept. */
async function keep(db: Db, name: string, value: Buffer): Promise<Buffer> {
  await db.insert(secrets).values({ name, value }).onConflictDoNothing()
  const [row] = await db.select({ value: secrets.value }).from(secrets).where(eq(secrets.name, name))
  // The insert above left a row, ours or an earlier one.
  return row!.value
}
