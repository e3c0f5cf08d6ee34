/** Random keys of the instance, made on first start and kept in the database, so that all processes share them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/index.ts'
import { secrets } from '../db/schema/instance.ts'

const names = ['forms', 'links'] as const
type Name = (typeof names)[number]

export type Secrets = {
  /** A short proof, fit for URLs, that this instance wrote a text. `forms` binds forms to sessions, `links` signs links. */
  sign(name: Name, text: string): string
  verify(name: Name, text: string, signature: string): boolean
}

/** Loads the keys, making those that are missing. Processes that start at once end up with the same ones. */
export async function loadSecrets(db: Db): Promise<Secrets> {
  const keys = {} as Record<Name, Buffer>
  for (const name of names) {
    await db.insert(secrets).values({ name, value: randomBytes(32) }).onConflictDoNothing()
    const [row] = await db.select({ value: secrets.value }).from(secrets).where(eq(secrets.name, name))
    keys[name] = row!.value
  }
  const digest = (name: Name, text: string) => createHmac('sha256', keys[name]).update(text).digest()
  return {
    sign: (name, text) => digest(name, text).toString('base64url'),
    verify(name, text, signature) {
      const given = Buffer.from(signature, 'base64url')
      const wanted = digest(name, text)
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    },
  }
}
