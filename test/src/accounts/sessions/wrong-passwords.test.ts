import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { TooMany } from '#src/accounts/sessions/attempts.ts'
import { checkOwnPassword } from '#src/accounts/sessions/own-password.ts'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { signIn } from '#src/accounts/sessions/sign-in.ts'
import { newMailToken, resetPassword } from '#src/accounts/sign-up/credentials.ts'
import { Refusal } from '#src/platform/errors.ts'
import { localAccount, password } from '#test/cast.ts'
import { clientAt } from '#test/client.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** The outcome of a log-in: `in`, `wrong`, or the seconds to wait. */
async function tryOut(t: TestDatabase, login: string, secret: string, client = clientAt()): Promise<string | number> {
  try {
    await checkPassword(t.app, login, secret, client)
    return 'in'
  } catch (error) {
    if (error instanceof TooMany) return Math.round((error.report.reset - Date.now()) / 1_000)
    if (error instanceof Refusal && error.message === 'Name or password is wrong') return 'wrong'
    throw error
  }
}

/** Attempts from as many addresses. */
async function hammer(t: TestDatabase, login: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await tryOut(t, login, 'a guess', clientAt(`198.51.100.${i + 1}`))
}

/** Lets waits and windows end. */
const pass = (t: TestDatabase, seconds: number) =>
  t.db.execute(sql`update attempts set expires_at = expires_at - ${seconds}::int * interval '1 second'`)

const logged = async (t: TestDatabase) =>
  (await t.db.execute<{ kind: string; details: object }>(sql`select kind, details from security_events order by id`))
    .rows

test('one address may be wrong ten times at one account, and thirty times in all', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  for (let i = 0; i < 10; i++) expect(await tryOut(t, 'alice', 'wrong')).toBe('wrong')
  const seconds = await tryOut(t, 'alice', password)
  expect(seconds).toBeGreaterThan(880)
  expect(seconds).toBeLessThanOrEqual(900)
  for (let i = 0; i < 20; i++) expect(await tryOut(t, `nobody${i}`, 'wrong')).toBe('wrong')
  expect(await tryOut(t, 'nobody', 'wrong')).toBeTypeOf('number')
  expect(await tryOut(t, 'alice', password, clientAt('192.0.2.2'))).toBe('in')
})

test('an address of IPv6 is its network', async () => {
  await using t = await database()
  for (let i = 0; i < 10; i++) await tryOut(t, 'alice', 'wrong', clientAt(`2001:db8::${i + 1}`))
  expect(await tryOut(t, 'alice', 'wrong', clientAt('2001:db8::99'))).toBeTypeOf('number')
  expect(await tryOut(t, 'alice', 'wrong', clientAt('2001:db8:0:1::1'))).toBe('wrong')
})

test('right passwords use nothing up', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  for (let i = 0; i < 12; i++) expect(await tryOut(t, 'alice', password)).toBe('in')
  for (let i = 0; i < 9; i++) await tryOut(t, 'alice', 'wrong')
  for (let i = 0; i < 5; i++) expect(await tryOut(t, 'alice', password)).toBe('in')
  expect(await tryOut(t, 'alice', 'wrong')).toBe('wrong')
  expect(await tryOut(t, 'alice', password)).toBeTypeOf('number')
})

test('where a second factor follows, right passwords count, too', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await t.db.execute(sql`update users set second_factor_since = now()`)
  for (let i = 0; i < 10; i++) expect(await tryOut(t, 'alice', password)).toBe('in')
  expect(await tryOut(t, 'alice', password)).toBeTypeOf('number')
})

test('from the twentieth wrong attempt on, strangers wait longer each time', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await hammer(t, 'alice', 20)
  for (const [i, seconds] of [30, 60, 120, 240, 480, 900, 900].entries()) {
    const wait = await tryOut(t, 'alice', 'wrong', clientAt(`203.0.113.${i + 1}`))
    expect(wait).toBeLessThanOrEqual(seconds)
    expect(wait).toBeGreaterThan(seconds - 15)
    await pass(t, Number(wait) + 1)
    expect(await tryOut(t, 'alice', 'wrong', clientAt(`203.0.113.${i + 1}`))).toBe('wrong')
  }
  await pass(t, 3_600)
  expect(await tryOut(t, 'alice', password)).toBe('in')
})

test('while somebody hammers from many addresses, the owner gets in from a known browser', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const { device } = await signIn(t.app, alice, clientAt(), 'password')
  await hammer(t, 'alice', 22)
  expect(await tryOut(t, 'alice', password, clientAt('192.0.2.9'))).toBeTypeOf('number')
  expect(await tryOut(t, 'alice', password, clientAt('192.0.2.9', device))).toBe('in')
  // Also from an address that is used up, as of a shared network.
  for (let i = 0; i < 31; i++) await tryOut(t, `nobody${i}`, 'wrong', clientAt('192.0.2.10'))
  expect(await tryOut(t, 'alice', password, clientAt('192.0.2.10', device))).toBe('in')
  // A known browser has its limit, wherever it is; being known is of no use for other accounts.
  for (let i = 0; i < 10; i++)
    expect(await tryOut(t, 'alice', 'wrong', clientAt(`192.0.2.${i + 20}`, device))).toBe('wrong')
  expect(await tryOut(t, 'alice', password, clientAt('192.0.2.40', device))).toBeTypeOf('number')
  await localAccount(t, 'bob')
  await hammer(t, 'bob', 20)
  expect(await tryOut(t, 'bob', password, clientAt('192.0.2.41', device))).toBeTypeOf('number')
})

test('while somebody hammers, the owner gets in by a mailed link', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await hammer(t, 'alice', 21)
  const here = clientAt('198.51.100.1')
  for (let i = 0; i < 25; i++) await resetPassword(t.app, 'made up', 'short', here).catch(() => null)
  const link = await t.db.transaction((tx) => newMailToken(tx, alice, 'reset'))
  const { device } = await resetPassword(t.app, link!.secret, 'the new password', here)
  expect(await tryOut(t, 'alice', 'the new password', here)).toBeTypeOf('number')
  expect(await tryOut(t, 'alice', 'the new password', { ...here, device })).toBe('in')
})

test('many attempts at the same moment get no further than one after the other', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const outcomes = await Promise.all(Array.from({ length: 25 }, () => tryOut(t, 'alice', 'wrong')))
  expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(10)
  const spread = await Promise.all(
    Array.from({ length: 40 }, (_, i) => tryOut(t, 'bob', 'wrong', clientAt(`198.51.100.${i + 1}`))),
  )
  // The twentieth starts the wait.
  expect(spread.filter((outcome) => outcome === 'wrong')).toHaveLength(20)
  await pass(t, 31)
  const turns = await Promise.all(
    Array.from({ length: 10 }, (_, i) => tryOut(t, 'bob', 'wrong', clientAt(`198.51.100.${i + 100}`))),
  )
  expect(turns.filter((outcome) => outcome === 'wrong')).toHaveLength(1)
})

test('who has to wait uses up nothing of others', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  for (let i = 0; i < 50; i++) await tryOut(t, 'alice', 'wrong', clientAt('198.51.100.1'))
  for (let i = 0; i < 9; i++) expect(await tryOut(t, 'alice', 'wrong', clientAt('198.51.100.2'))).toBe('wrong')
  expect(await tryOut(t, 'alice', password, clientAt('198.51.100.3'))).toBe('in')
})

test('neither limits nor the log tell whether an account exists, or whose an address is', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const at = (login: string) => async () => {
    const outcomes: (string | number)[] = []
    for (let i = 0; i < 22; i++) outcomes.push(await tryOut(t, login, 'wrong', clientAt(`198.51.100.${i + 1}`)))
    return outcomes.map((outcome) => (typeof outcome === 'number' ? 'wait' : outcome))
  }
  const [known, unknown] = [await at('alice')(), await at('nobody')()]
  expect(unknown).toEqual(known)
  expect(await tryOut(t, 'alice@mail.test', 'wrong')).toBe('wrong')
})

test('at most five wrong passwords an hour are logged', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await hammer(t, 'alice', 8)
  expect(await logged(t)).toEqual(
    Array.from({ length: 5 }, () => ({ kind: 'wrongPassword', details: { where: 'login' } })),
  )
  expect((await t.db.execute(sql`select from security_events where account_id <> ${alice}`)).rows).toEqual([])
  await pass(t, 3_600)
  await tryOut(t, 'alice', 'wrong')
  expect(await logged(t)).toHaveLength(6)
})

test('guessing the password in a stolen session leaves the owner their attempts', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const { device } = await signIn(t.app, alice, clientAt(), 'password')
  // Made-up tokens make no browser known.
  const guess = (secret: string, n: number, token: string | null) =>
    checkOwnPassword(t.app, alice, secret, clientAt(`198.51.100.${n}`, token))
  for (let i = 0; i < 10; i++)
    await expect(guess('wrong', i, `${i}`.repeat(43))).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ field: 'password' }],
    })
  await expect(guess(password, 99, null)).rejects.toThrow(TooMany)
  await guess(password, 1, device)
  expect((await logged(t))[1]).toEqual({ kind: 'wrongPassword', details: { where: 'settings' } })
  await t.db.execute(sql`update users set password_hash = null`)
  await expect(guess('', 1, device)).rejects.toMatchObject({ code: 'invalid' })
})
