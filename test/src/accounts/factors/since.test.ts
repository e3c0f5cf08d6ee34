import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadFactors } from '#src/accounts/factors/factors.ts'
import { changeFactors } from '#src/accounts/factors/since.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { giveAuthenticator, givePasskey } from '#test/factors.ts'

const dropApp = (t: TestDatabase, accountId: AccountId) =>
  t.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      await tx.execute(sql`update users set totp_secret = null where account_id = ${accountId}`)
    }),
  )
const dropPasskeys = (t: TestDatabase, accountId: AccountId) =>
  t.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      await tx.execute(sql`delete from passkeys where account_id = ${accountId}`)
    }),
  )
const hasSince = async (t: TestDatabase, accountId: AccountId) => {
  const { rows } = await t.db.execute<{ has: boolean }>(
    sql`select second_factor_since is not null as has from users where account_id = ${accountId}`,
  )
  return rows[0]?.has
}

test('adding the first factor creates recovery codes, removing the last one deletes them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  await givePasskey(t, alice)
  await givePasskey(t, bob)
  expect((await giveAuthenticator(t, alice)).codes).toEqual([])
  expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: true, passkeys: 1, recoveryCodes: 10 })
  await dropPasskeys(t, alice)
  expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: true, passkeys: 0, recoveryCodes: 10 })
  expect(await hasSince(t, alice)).toBe(true)
  await dropApp(t, alice)
  expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: false, passkeys: 0, recoveryCodes: 0 })
  expect(await hasSince(t, alice)).toBe(false)
  expect(await loadFactors(t.db, bob)).toEqual({ hasAuthenticator: false, passkeys: 1, recoveryCodes: 10 })
})

test('concurrent additions and removals of factors keep second_factor_since and the recovery codes right', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  for (let round = 0; round < 5; round++) {
    await Promise.all([giveAuthenticator(t, alice), givePasskey(t, alice)])
    expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: true, passkeys: 1, recoveryCodes: 10 })
    await Promise.all([dropApp(t, alice), dropPasskeys(t, alice)])
    expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: false, passkeys: 0, recoveryCodes: 0 })
    expect(await hasSince(t, alice)).toBe(false)
  }
})
