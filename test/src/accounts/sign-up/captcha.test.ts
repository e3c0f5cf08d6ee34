import { sql } from 'drizzle-orm'
import { afterEach, expect, test, vi } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import type { CaptchaAnswer } from '#src/accounts/sign-up/captcha-port.ts'
import { checkCaptcha, issueCaptcha, spendCaptcha } from '#src/accounts/sign-up/captcha.ts'
import {
  confirmAddress,
  confirmByForm,
  newMailToken,
  requestPasswordReset,
  resetPassword,
} from '#src/accounts/sign-up/credentials.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { askCaptchas, sumAnswered, workDone } from '#test/captcha.ts'
import { localAccount } from '#test/cast.ts'
import { clientAt } from '#test/client.ts'
import { database, type TestDatabase } from '#test/database.ts'

afterEach(() => vi.useRealTimers())

const client = '192.0.2.1'
const issue = async (t: TestDatabase) => (await issueCaptcha(t.app))!
const check = (t: TestDatabase, answer: CaptchaAnswer, address = client) => checkCaptcha(t.app, answer, address)
/** The English text of the problem; null where there is none. */
const problemOf = async (t: TestDatabase, answer: CaptchaAnswer) =>
  (await check(t, answer)).problems[0]?.text?.key ?? null
const join = (t: TestDatabase, username: string, captcha?: CaptchaAnswer, address = client) =>
  signUp(t.app, { username, email: `${username}@mail.test`, password: 'quite a good password' }, address, [], captcha)
const used = { problems: [{ field: 'captcha_answer', text: { key: 'captchaUsed' } }] }
const nothing: CaptchaAnswer = { solution: '', token: '', answer: '' }
const confirmedOf = async (t: TestDatabase, id: AccountId) =>
  (await t.db.execute<{ is: boolean }>(sql`select confirmed_at is not null as is from users where account_id = ${id}`))
    .rows[0]?.is

test('a solved captcha lets one person sign up, and nobody after them', async () => {
  await using t = await database()
  await askCaptchas(t)
  for (const [i, solve] of [workDone, sumAnswered].entries()) {
    const answer = await solve(await issue(t))
    await join(t, `one${i}`, answer)
    await expect(join(t, `two${i}`, answer)).rejects.toMatchObject(used)
  }
  const { rows } = await t.db.execute(sql`select username from accounts order by id`)
  expect(rows.map(({ username }) => username)).toEqual(['one0', 'one1'])
})

test('of several sign-ups with one solution at the same moment, exactly one wins', async () => {
  await using t = await database()
  await askCaptchas(t)
  for (const [i, solve] of [workDone, sumAnswered].entries()) {
    const answer = await solve(await issue(t))
    const done = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name) => join(t, `${name}${i}`, answer, `192.0.2.${i}`)),
    )
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refusals = done.flatMap((result) => (result.status === 'rejected' ? result.reason : []))
    expect(refusals).toMatchObject([used, used, used])
  }
  expect((await t.db.execute(sql`select from users`)).rows).toHaveLength(2)
})

test('a sign-up that is refused for another reason leaves the solution good', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await askCaptchas(t)
  const answer = await workDone(await issue(t))
  await expect(join(t, 'alice', answer)).rejects.toMatchObject({ problems: [{ field: 'username' }] })
  await join(t, 'alison', answer)
})

test('a sign-up without a solution is refused with all its other problems', async () => {
  await using t = await database()
  await askCaptchas(t)
  await expect(join(t, 'admin', nothing)).rejects.toMatchObject({
    problems: [{ field: 'captcha_answer' }, { field: 'username' }],
  })
  expect((await t.db.execute(sql`select from users`)).rows).toHaveLength(0)
})

test('an instance without captchas asks for none', async () => {
  await using t = await database()
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open' }))
  expect(await issueCaptcha(t.app)).toBeNull()
  await join(t, 'alice', nothing)
  const { accountId } = await join(t, 'bob')
  const token = await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm'))
  await confirmByForm(t.app, token!.secret, nothing, client)
  expect(await confirmedOf(t, accountId)).toBe(true)
})

test('forged work is no work', async () => {
  await using t = await database()
  await askCaptchas(t)
  const good = JSON.parse((await workDone(await issue(t))).solution)
  const other = JSON.parse((await workDone(await issue(t))).solution)
  const { parameters } = good.challenge
  const forged = {
    'of an easier challenge': {
      ...good,
      challenge: { ...good.challenge, parameters: { ...parameters, keyPrefix: '00', cost: 1 } },
    },
    'with a longer time': {
      ...good,
      challenge: { ...good.challenge, parameters: { ...parameters, expiresAt: parameters.expiresAt + 9_999 } },
    },
    'with another number': {
      ...good,
      challenge: { ...good.challenge, parameters: { ...parameters, nonce: other.challenge.parameters.nonce } },
    },
    'without a signature': { ...good, challenge: { ...good.challenge, signature: '' } },
    'with the solution of another challenge': { ...good, solution: other.solution },
    'with an invented solution': {
      ...good,
      solution: { counter: 1, derivedKey: parameters.keyPrefix.padEnd(64, '0') },
    },
    'without a solution': { challenge: good.challenge },
  }
  for (const [what, solution] of Object.entries(forged))
    expect(await problemOf(t, { ...nothing, solution: JSON.stringify(solution) }), what).toBe('captchaWrong')
  for (const solution of ['x', 'null', '[]', '{}', '{"challenge":null}', '['.repeat(1_000), 'x'.repeat(60_000)])
    expect(await problemOf(t, { ...nothing, solution }), solution.slice(0, 10)).toBe('captchaWrong')
  expect(await problemOf(t, { ...nothing, solution: JSON.stringify(good) })).toBeNull()
})

test('solutions for another instance are good for nothing here', async () => {
  await using t = await database()
  await using other = await database()
  await askCaptchas(t)
  await askCaptchas(other)
  expect(await problemOf(t, await workDone(await issue(other)))).toBe('captchaWrong')
  expect(await problemOf(t, sumAnswered(await issue(other)))).toBe('captchaExpired')
})

test('a captcha expires after 20 minutes', async () => {
  await using t = await database()
  await askCaptchas(t)
  const task = await issue(t)
  const [work, sum] = [await workDone(task), sumAnswered(task)]
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 19 * 60_000 })
  expect([await problemOf(t, work), await problemOf(t, sum)]).toEqual([null, null])
  vi.setSystemTime(Date.now() + 2 * 60_000)
  expect([await problemOf(t, work), await problemOf(t, sum)]).toEqual(['captchaExpired', 'captchaExpired'])
})

test('a question takes five answers, right or wrong', async () => {
  await using t = await database()
  await askCaptchas(t)
  const task = await issue(t)
  for (let i = 1; i <= 5; i++) expect(await problemOf(t, sumAnswered(task, i))).toBe('captchaWrong')
  expect(await problemOf(t, sumAnswered(task))).toBe('captchaExpired')
  expect(await problemOf(t, sumAnswered(await issue(t)))).toBeNull()
})

test('texts that this instance sealed for another purpose are no questions', async () => {
  await using t = await database()
  await askCaptchas(t)
  const right = { id: 'x', until: Date.now() + 60_000, asks: { sum: [1, 1] } }
  for (const text of ['a secret', JSON.stringify(right), JSON.stringify({ ...right, is: 'something else' })])
    expect(await problemOf(t, { solution: '', token: t.app.secrets.seal(text), answer: '2' })).toBe('captchaExpired')
})

test('the admin’s question takes each of its answers, without case, accents and dots', async () => {
  await using t = await database()
  const asked = { captchaQuestion: 'Which bird is on our sign?', captchaAnswers: ['Pipít', 'the  pipit'] }
  await askCaptchas(t, asked)
  const { question } = await issue(t)
  expect(question.asks).toEqual({ words: asked.captchaQuestion })
  const answered = (answer: string) => problemOf(t, { solution: '', token: question.token, answer })
  expect(await answered('PIPIT')).toBeNull()
  expect(await answered(' The pipit. ')).toBeNull()
  expect(await answered('pi pit')).toBe('captchaWrong')
  expect(await answered('  ')).toBe('blank')
  // The question of before is not asked any more.
  await askCaptchas(t, { captchaQuestion: 'Which town?', captchaAnswers: ['Pipit'] })
  expect(await answered('pipit')).toBe('captchaExpired')
  // A question that nobody could answer is not asked.
  await askCaptchas(t, { captchaAnswers: [] })
  expect((await issue(t)).question.asks).toHaveProperty('sum')
})

test('one client has 60 tries an hour, whatever it is asked', async () => {
  await using t = await database()
  await askCaptchas(t)
  for (let i = 0; i < 60; i++) await check(t, { ...nothing, solution: 'x' }, '2001:db8::1')
  await expect(check(t, { ...nothing, solution: 'x' }, '2001:db8::2')).rejects.toMatchObject({ code: 'too_many' })
  await check(t, { ...nothing, solution: 'x' }, '192.0.2.9')
})

test('an account that an app made is confirmed only with a captcha, not even by a new password', async () => {
  await using t = await database()
  await askCaptchas(t)
  const { accountId } = await join(t, 'bob')
  const link = async () => (await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm')))!.secret
  const secret = await link()
  await expect(t.db.transaction((tx) => confirmAddress(tx, secret))).rejects.toMatchObject({ code: 'invalid' })
  await expect(confirmByForm(t.app, secret, nothing, client)).rejects.toMatchObject({
    problems: [{ field: 'captcha_answer' }],
  })
  const spent = sumAnswered(await issue(t))
  await t.db.transaction(async (tx) => spendCaptcha(tx, (await check(t, spent)).pass!))
  await expect(confirmByForm(t.app, secret, spent, client)).rejects.toMatchObject(used)

  await requestPasswordReset(t.app, 'bob@mail.test')
  const reset = await t.db.transaction((tx) => newMailToken(tx, accountId, 'reset'))
  await resetPassword(t.app, reset!.secret, 'another long password', clientAt())
  expect(await confirmedOf(t, accountId)).toBe(false)

  await confirmByForm(t.app, await link(), sumAnswered(await issue(t)), client)
  expect(await confirmedOf(t, accountId)).toBe(true)
})

test('somebody who solved a captcha at the sign-up is not asked again', async () => {
  await using t = await database()
  await askCaptchas(t)
  const { accountId } = await join(t, 'bob', sumAnswered(await issue(t)))
  const token = await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm'))
  await confirmByForm(t.app, token!.secret, nothing, client)
  expect(await confirmedOf(t, accountId)).toBe(true)
})
