/**
 * Limits on guessing passwords. An attacker with many addresses is slowed down, but can't keep the owner out: a browser in which the
 * account was logged in before has a limit of its own, and a link by mail makes a browser such a one.
 *
 * Each attempt is counted before the password is verified, as many at the same moment would get past a check of earlier ones. A right
 * password is taken back.
 */
import { sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { countAttempts, type Limit, scaled, TooMany, uncountAttempts } from './attempts.ts'
import { verifyPassword } from './passwords.ts'
import { hashSecret } from './tokens.ts'

/** What one browser, and one address at one account, may try. */
const few = { count: 10, minutes: 15 }
const ofAddress = { count: 30, minutes: 15 }
/** What all strangers together may try at one account before each further attempt has to wait longer. */
const ofStrangers = { count: 20, minutes: 60 }
const firstWaitSeconds = 30
const longestWaitSeconds = 900
/** Wrong passwords that the security log shows, so that a flood of them does not fill it. */
const loggedAttempts = { count: 5, minutes: 60 }

/** An attempt that was counted. */
export type PasswordAttempt = {
  /** Takes it back. */
  release(): Promise<void>
}

/**
 * Verifies the password of a counted attempt, and takes the attempt back if the password is right, or could not be verified.
 *
 * @param isLastProof false: the attempt stays counted, as another proof follows that could be guessed
 */
export async function verifyCounted(
  attempt: PasswordAttempt,
  hash: string | null,
  password: string,
  isLastProof = true,
): Promise<boolean> {
  let isWrong = false
  try {
    isWrong = !(await verifyPassword(hash, password))
    return !isWrong
  } finally {
    if (!isWrong && isLastProof) await attempt.release()
  }
}

/**
 * Counts an attempt of a browser in which the account was logged in before.
 *
 * @param browser the secret by which the browser is known
 * @throws TooMany
 */
export const countKnownAttempt = (app: App, accountId: AccountId, browser: string): Promise<PasswordAttempt> =>
  count(app, [{ key: `password of ${accountId} in ${hashed(browser)}`, ...few }])

/**
 * Counts an attempt of somebody who is logged in to the account, but in a browser that is not known.
 *
 * @throws TooMany
 */
export const countUnknownAttempt = (app: App, accountId: AccountId): Promise<PasswordAttempt> =>
  count(app, [{ key: `password of ${accountId} elsewhere`, ...few }])

/**
 * Counts an attempt of a stranger. It goes by the name as it was typed: if the limits of a name and of a mail address were one, they
 * would tell which belong together.
 *
 * @throws TooMany
 */
export function countStrangersAttempt(app: App, name: string, client: Client): Promise<PasswordAttempt> {
  const group = addressGroup(client.address)
  // Hashed, as people type passwords into the wrong field.
  const account = `login as ${hashed(name)}`
  return count(
    app,
    [
      { key: `login from ${group}`, ...ofAddress },
      { key: `${account} from ${group}`, ...few },
      // The wait below is its limit.
      { key: account, count: Number.MAX_SAFE_INTEGER, minutes: ofStrangers.minutes },
    ],
    async (tx, counts) => {
      const beyond = (counts.get(account) ?? 0) - scaled(app, ofStrangers.count)
      if (beyond >= 0) await takeTurn(tx, `wait for ${account}`, beyond)
    },
  )
}

async function count(
  app: App,
  limits: Limit[],
  check?: (tx: Tx, counts: Map<string, number>) => Promise<void>,
): Promise<PasswordAttempt> {
  await app.db.transaction(async (tx) => {
    const counts = await countAttempts(app, tx, limits)
    await check?.(tx, counts)
  })
  return {
    release: () =>
      uncountAttempts(
        app.db,
        limits.map(({ key }) => key),
      ),
  }
}

/** Lets one attempt through, and the next one after a wait that doubles each time. The caller has locked the account's count. */
async function takeTurn(tx: Tx, key: string, beyond: number): Promise<void> {
  const seconds = Math.min(firstWaitSeconds * 2 ** Math.min(beyond, 20), longestWaitSeconds)
  const { rows: mine } = await tx.execute(sql`
    insert into attempts (key, count, expires_at) values (${key}, 1, now() + ${seconds}::int * interval '1 second')
    on conflict (key) do update set expires_at = excluded.expires_at where attempts.expires_at < now() returning key`)
  if (mine.length > 0) return
  const { rows } = await tx.execute<{ reset: string }>(
    sql`select floor(extract(epoch from expires_at) * 1000) as reset from attempts where key = ${key}`,
  )
  throw new TooMany({ limit: 1, remaining: 0, reset: Number(rows[0]?.reset ?? Date.now()) })
}

/**
 * Records a wrong password in the security log, up to five an hour.
 *
 * @param accountId null: there is no such account. It then takes as long, with as many writes.
 * @param name of the account, as the limit counts it
 * @param where the password was asked for; `code`: in the settings, a code in its stead
 */
export async function recordWrongPassword(
  app: App,
  accountId: AccountId | null,
  name: string,
  client: Client,
  where: 'login' | 'settings' | 'code',
): Promise<void> {
  await app.db.transaction(async (tx) => {
    const counts = await countAttempts(app, tx, [
      { key: `wrong password of ${hashed(name)}`, count: Number.MAX_SAFE_INTEGER, minutes: loggedAttempts.minutes },
    ])
    if ([...counts.values()].some((number) => number > loggedAttempts.count)) return
    if (accountId) await logSecurity(tx, accountId, 'wrongPassword', { client, details: { where } })
    else await tx.execute(sql`select null`)
  })
}

const hashed = (text: string): string => hashSecret(text).toString('base64url')
