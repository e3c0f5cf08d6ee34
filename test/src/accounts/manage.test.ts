import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type AccountChange, changeAccount, listAccounts, managedAccount } from '#src/accounts/manage.ts'
import { accessBy } from '#src/accounts/sessions/access-tokens.ts'
import { commandLineToken } from '#src/accounts/sessions/command-line.ts'
import { openSession, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { forgetJobs, localAccount, remoteAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { clientAt } from '../../client.ts'

const change = (t: TestDatabase, id: AccountId, what: AccountChange) =>
  t.db.transaction((tx) => changeAccount(tx, id, what))

test('the accounts of this instance are listed, the newest first', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  await localAccount(t, 'bob', { isApproved: false, isConfirmed: false })
  await remoteAccount(t, 'carol')
  expect(await listAccounts(t.db, { limit: 10 })).toMatchObject([
    { username: 'bob', isApproved: false, isConfirmed: false, isDisabled: false },
    { username: 'alice', isApproved: true, isConfirmed: true },
  ])
  expect(await listAccounts(t.db, { role: 'owner', limit: 10 })).toMatchObject([{ username: 'alice' }])
  await expect(managedAccount(t.db, 'carol')).rejects.toMatchObject({ code: 'not_found' })
})

test('the last owner who can log in keeps the role', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob', { role: 'owner' })
  await change(t, bob, { isDisabled: true })
  await expect(change(t, alice, { role: 'admin' })).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(change(t, alice, { isDisabled: true })).rejects.toMatchObject({ code: 'not_permitted' })
  await change(t, bob, { isDisabled: false })
  await change(t, alice, { role: 'admin' })
  expect(await managedAccount(t.db, 'alice')).toMatchObject({ role: 'admin' })
})

test('a disabled account is logged out at once, with its apps', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const session = await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  const { token } = await t.db.transaction((tx) => commandLineToken(tx, alice, 0n, ['read']))
  await change(t, alice, { isDisabled: true })
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await accessBy(t.db, token)).toBeNull()
})

test('a new mail address is as confirmed as the old one was, and nobody else’s', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  await expect(change(t, alice, { email: 'BOB@mail.test' })).rejects.toMatchObject({ code: 'conflict' })
  await expect(change(t, alice, { email: 'x@y, z@w' })).rejects.toMatchObject({ code: 'unprocessable' })
  await change(t, alice, { email: 'alice@other.test' })
  expect(await managedAccount(t.db, 'alice')).toMatchObject({ email: 'alice@other.test', isConfirmed: true })
  expect(await loadAccountViews(t.db, [alice])).toHaveLength(1)
  expect(await t.jobs()).toEqual([])

  const carol = await localAccount(t, 'carol', { isConfirmed: false })
  await forgetJobs(t)
  await change(t, carol, { email: 'carol@other.test' })
  expect(await t.jobPayloads('account-mail')).toEqual([{ accountId: carol, about: 'confirm' }])
  await change(t, carol, { email: 'carol@third.test', isConfirmed: true })
  expect(await managedAccount(t.db, 'carol')).toMatchObject({ email: 'carol@third.test', isConfirmed: true })
  expect(await t.jobs()).toHaveLength(1)
})

test('a role gets no token that can do more than it', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await expect(t.db.transaction((tx) => commandLineToken(tx, alice, 0n, ['read', 'admin:read']))).rejects.toMatchObject(
    { code: 'not_permitted' },
  )
  await t.db.execute(sql`update users set role = 'owner' where account_id = ${alice}`)
  const tokens = await t.db.transaction(async (tx) => [
    await commandLineToken(tx, alice, 1n, ['admin:read']),
    await commandLineToken(tx, alice, 1n, ['read']),
  ])
  const access = await Promise.all(tokens.map(({ token }) => accessBy(t.db, token)))
  expect(access.map((one) => one?.scopes)).toEqual([['admin:read'], ['read']])
  expect(access[0]?.applicationId).toBe(access[1]?.applicationId)
})
