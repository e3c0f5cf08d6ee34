import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadKeys } from '#src/accounts/keys/keys.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { prepareRegistration, register } from '#src/accounts/sign-up/register.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { accounts, users } from '#src/platform/db/schema/accounts.ts'
import { forgetJobs, localAccount, openSignUps } from '#test/cast.ts'
import { database } from '#test/database.ts'

const good = { username: 'alice', email: 'alice@mail.test', password: 'quite a good password' }

test.each([
  ['username', { username: '' }, 'ERR_BLANK'],
  ['username', { username: 'al ice' }, 'ERR_INVALID'],
  ['username', { username: 'ålice' }, 'ERR_INVALID'],
  ['username', { username: 'a'.repeat(31) }, 'ERR_TOO_LONG'],
  ['username', { username: 'Admin' }, 'ERR_RESERVED'],
  ['username', { username: 'pipit' }, 'ERR_RESERVED'],
  ['email', { email: 'alice' }, 'ERR_INVALID'],
  ['email', { email: 'alice@mail.test\r\nBcc: all@mail.test' }, 'ERR_INVALID'],
  ['email', { email: 'Alice <alice@mail.test>' }, 'ERR_INVALID'],
  ['password', { password: '' }, 'ERR_BLANK'],
  ['password', { password: 'short1!' }, 'ERR_TOO_SHORT'],
  ['password', { password: 'Password1' }, 'ERR_INVALID'],
  ['password', { password: 'x'.repeat(1025) }, 'ERR_INVALID'],
])('a sign-up with a bad %s is refused (%j)', async (field, change, code) => {
  await using t = await database()
  await expect(prepareRegistration(t.app, { ...good, ...change })).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ field, code }],
  })
})

test('a sign-up reports all its problems at once', async () => {
  await using t = await database()
  await expect(prepareRegistration(t.app, { username: '', email: '', password: '' })).rejects.toMatchObject({
    problems: [{ field: 'username' }, { field: 'email' }, { field: 'password' }],
  })
})

test('a name is taken in any case, and for ever', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await expect(
    prepareRegistration(t.app, { ...good, username: 'Alice', email: 'other@mail.test' }),
  ).rejects.toMatchObject({ problems: [{ code: 'ERR_TAKEN' }] })
})

test('a mail address in use makes no account and tells nobody', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const registration = await prepareRegistration(t.app, { ...good, username: 'eve', email: 'ALICE@mail.test' })
  expect(await t.db.transaction((tx) => register(tx, t.app.uris, registration))).toBeNull()
})

test('a new account has an argon2id hash, both keys and a mail to come', async () => {
  await using t = await database()
  const registration = await prepareRegistration(t.app, good)
  const id = await t.db.transaction((tx) => register(tx, t.app.uris, registration))
  const [user] = await t.db.select().from(users).where(eq(users.accountId, id!))
  expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,(p=1,t=2|t=2,p=1)\$/)
  expect(user).toMatchObject({ confirmedAt: null, role: 'user' })
  expect((await loadKeys(t.db, id)).map((pair) => pair.kind)).toEqual(['rsa', 'ed25519'])
  expect(await t.jobs()).toEqual(['account-mail'])
  expect(JSON.stringify(await t.jobPayloads('account-mail'))).not.toMatch(/token|secret|@/)
})

test('two who want one name at the same moment: one gets it', async () => {
  await using t = await database()
  const [one, two] = await Promise.all(
    ['one', 'two'].map((who) => prepareRegistration(t.app, { ...good, email: `${who}@mail.test` })),
  )
  const done = await Promise.allSettled(
    [one!, two!].map((registration) => t.db.transaction((tx) => register(tx, t.app.uris, registration))),
  )
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(done.find((result) => result.status === 'rejected')?.reason).toMatchObject({
    problems: [{ code: 'ERR_TAKEN' }],
  })
})

test('two sign-ups with one mail address at the same moment make one account', async () => {
  await using t = await database()
  const [one, two] = await Promise.all(
    ['one', 'two'].map((username) => prepareRegistration(t.app, { ...good, username })),
  )
  const made = await Promise.all(
    [one!, two!].map((registration) => t.db.transaction((tx) => register(tx, t.app.uris, registration))),
  )
  expect(made.filter((id) => id === null)).toHaveLength(1)
  // The other name was not used up.
  await expect(
    Promise.all(['one', 'two'].map((username) => prepareRegistration(t.app, { ...good, username }))),
  ).rejects.toMatchObject({ problems: [{ code: 'ERR_TAKEN' }] })
  expect(await t.db.select().from(accounts)).toHaveLength(1)
})

test('a sign-up with a registered address sends a mail to that address only, five times an hour', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await openSignUps(t)
  await localAccount(t, 'bob', { isConfirmed: false })
  await forgetJobs(t)
  const answers = []
  for (let i = 0; i < 7; i++)
    answers.push(await signUp(t.app, { ...good, username: `again${i}`, email: 'Alice@mail.test' }, `192.0.2.${i}`))
  expect(new Set(answers.map(({ accountId }) => accountId)).size).toBe(7)
  // They look like accounts that wait for their confirmation, which can never come.
  const { rows } = await t.db.execute<{ email: string }>(
    sql`select u.email from users u join accounts a on a.id = u.account_id where a.username like 'again%' and u.confirmed_at is null`,
  )
  expect(rows).toHaveLength(7)
  for (const { email } of rows) expect(email).toMatch(/@address\.invalid$/)
  for (const { accountId } of answers)
    expect(await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm'))).toBeNull()
  expect((await t.jobPayloads('account-mail')).map(({ about }) => about)).toEqual(Array(5).fill('address-in-use'))
  await forgetJobs(t)
  await signUp(t.app, { ...good, username: 'again', email: 'bob@mail.test' }, '192.0.2.9')
  expect((await t.jobPayloads('account-mail')).map(({ about }) => about)).toEqual(['confirm'])
})
