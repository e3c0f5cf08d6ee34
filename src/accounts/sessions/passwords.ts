import argon2 from 'argon2'
import { type RefusalText } from '../../platform/errors.ts'
import { limiter } from '../../platform/limiter.ts'
import { refuse } from '../../text/refusals.ts'

/** argon2id as OWASP's Password Storage Cheat Sheet recommends: 19 MiB, 2 passes, 1 lane. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashing is costly by design: more than 2 at once would starve everything else. */
const hashing = limiter({ concurrency: 2, maxWaiting: 100, overflow: () => refuse('unavailable', 'loginBusy') })

/** @returns the hash in PHC form */
export async function hashPassword(password: string): Promise<string> {
  return hashing.run(() => argon2.hash(password, parameters))
}

/**
 * Whether a password has this hash. Without a hash, when no such account exists, it takes as long and returns false, so that
 * the response time does not reveal which accounts exist.
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  if (Buffer.byteLength(password) > maxBytes) return false
  const wanted = hash ?? (await (dummy ??= hashPassword('nobody has this password')))
  const matches = await hashing.run(() => argon2.verify(wanted, password))
  return matches && hash !== null
}
let dummy: Promise<string> | undefined

const minLength = 8
const maxBytes = 1024

/** Why a password can't be used, or null. */
export async function passwordProblem(password: string): Promise<RefusalText | null> {
  if ([...password].length < minLength) return { key: 'tooFewCharacters', values: { min: minLength } }
  if (Buffer.byteLength(password) > maxBytes) return { key: 'tooManyBytes', values: { max: maxBytes } }
  if ((await commonPasswords()).has(password.toLowerCase())) return { key: 'passwordCommon', values: {} }
  return null
}

let common: Promise<Set<string>> | undefined

/** Loaded when first needed: the list takes 14 MB, and few processes ever see a new password. */
function commonPasswords(): Promise<Set<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const list = dictionary['passwords-common'] ?? []
    return new Set(list.map(String).filter((password) => password.length >= minLength))
  })
  return common
}
