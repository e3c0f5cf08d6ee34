import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { endBrowserSessions } from '#src/accounts/sessions/browser-sessions.ts'
import { checkPassword, openSession, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import {
  changePassword,
  confirmAddress,
  newMailToken,
  requestPasswordReset,
  resetPassword,
} from '#src/accounts/sign-up/credentials.ts'
import { users } from '#src/platform/db/schema/accounts.ts'
import { localAccount, password, suspend } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { clientAt } from '../../../client.ts'

const address = '192.0.2.1'

test('one logs in by name or mail address, in any case', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  for (const login of ['alice', '@Alice', 'ALICE@mail.test'])
    expect(await checkPassword(t.app, login, password, clientAt(address))).toMatchObject({ accountId: alice })
})

test('a wrong password and an unknown name get the same answer', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const wrong = await checkPassword(t.app, 'alice', 'wrong password', clientAt(address)).catch(
    (error: Error) => error.message,
  )
  const unknown = await checkPassword(t.app, 'nobody', password, clientAt(address)).catch(
    (error: Error) => error.message,
  )
  expect(wrong).toBe('Name or password is wrong')
  expect(unknown).toBe(wrong)
})

test('a session lives until it is closed, expires or its account is suspended', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const open = () => t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  const [closed, expired, suspended] = [await open(), await open(), await open()]
  expect(await sessionViewer(t.db, closed)).toMatchObject({
    accountId: alice,
    username: 'alice',
    role: 'user',
    isConfirmed: true,
  })
  await endBrowserSessions(t.db, [{ token: closed, accountId: alice }], clientAt())
  expect(await sessionViewer(t.db, closed)).toBeNull()
  expect(await sessionViewer(t.db, 'made up')).toBeNull()
  expect(await sessionViewer(t.db, suspended)).toBeTruthy()
  await suspend(t, alice)
  expect(await sessionViewer(t.db, suspended)).toBeNull()
  await t.db.execute(sql`update accounts set suspended_at = null`)
  await t.db.execute(sql`update sessions set expires_at = now() - interval '1 second'`)
  expect(await sessionViewer(t.db, expired)).toBeNull()
})

test('a new password ends the other sessions', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [here, elsewhere] = [
    await t.db.transaction((tx) => openSession(tx, alice, clientAt())),
    await t.db.transaction((tx) => openSession(tx, alice, clientAt())),
  ]
  const chosen = (next: string) => ({ password: next, sessionToken: here, client: clientAt() })
  await expect(changePassword(t.app, alice, 'not this one', chosen('another good password'))).rejects.toMatchObject({
    problems: [{ field: 'current_password' }],
  })
  await expect(changePassword(t.app, alice, password, chosen('short'))).rejects.toMatchObject({
    problems: [{ field: 'password' }],
  })
  await changePassword(t.app, alice, password, chosen('another good password'))
  expect(await sessionViewer(t.db, here)).toBeTruthy()
  expect(await sessionViewer(t.db, elsewhere)).toBeNull()
  expect(await checkPassword(t.app, 'alice', 'another good password', clientAt(address))).toBeTruthy()
})

test('a new password also ends a session that is being opened at that moment', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const here = await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  const [opened, mayCommit] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()]
  const signingIn = t.db.transaction(async (tx) => {
    opened.resolve(await openSession(tx, alice, clientAt()))
    await mayCommit.promise
  })
  const other = await opened.promise
  const chosen = { password: 'another good password', sessionToken: here, client: clientAt() }
  const changing = changePassword(t.app, alice, password, chosen)
  const waiting = async () =>
    (
      await t.db.execute<{ n: number }>(
        sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).rows[0]?.n
  await expect.poll(waiting).toBe(1)
  mayCommit.resolve()
  await Promise.all([signingIn, changing])
  expect(await sessionViewer(t.db, other)).toBeNull()
  expect(await sessionViewer(t.db, here)).toBeTruthy()
})

test('a confirmation link works once, and not for another address', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { isConfirmed: false })
  const link = () => t.db.transaction((tx) => newMailToken(tx, alice, 'confirm'))
  const changed = await link()
  await t.db.update(users).set({ email: 'new@mail.test' }).where(eq(users.accountId, alice))
  await expect(t.db.transaction((tx) => confirmAddress(tx, changed!.secret))).rejects.toMatchObject({
    code: 'unprocessable',
  })

  const good = await link()
  expect(good).toMatchObject({ email: 'new@mail.test', username: 'alice' })
  expect(await t.db.transaction((tx) => confirmAddress(tx, good!.secret))).toBe(alice)
  await expect(t.db.transaction((tx) => confirmAddress(tx, good!.secret))).rejects.toMatchObject({
    code: 'unprocessable',
  })
  expect(await link()).toBeNull()
})

test('a reset link sets a new password once and ends all sessions; strangers learn nothing', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const session = await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  await requestPasswordReset(t.app, 'nobody@mail.test')
  expect(await t.jobs()).toEqual([])
  await requestPasswordReset(t.app, 'Alice@mail.test')
  expect(await t.jobs()).toEqual(['account-mail'])

  // Not even the password is looked at, so that no link costs next to nothing.
  await expect(resetPassword(t.app, 'made up', 'short', clientAt())).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringContaining('link'),
  })
  const link = await t.db.transaction((tx) => newMailToken(tx, alice, 'reset'))
  await resetPassword(t.app, link!.secret, 'the new password', clientAt())
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await checkPassword(t.app, 'alice', 'the new password', clientAt(address))).toBeTruthy()
  await expect(resetPassword(t.app, link!.secret, 'yet another password', clientAt())).rejects.toMatchObject({
    code: 'unprocessable',
  })
})
