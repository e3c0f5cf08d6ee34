import { expect, test } from 'vitest'
import { accounts } from '#src/platform/db/schema/accounts.ts'
import { newId } from '#src/platform/ids.ts'
import { OriginError, saveOrigin, storedOrigin } from '#src/process/origin.ts'
import { database } from '../database.ts'

const before = { origin: 'https://old.test', handleHost: 'old.test' }
const after = { origin: 'https://new.test', handleHost: 'new.test' }

test('the public URL can change while there is no account', async () => {
  await using t = await database()
  await t.db.transaction((tx) => saveOrigin(tx, before))
  await t.db.transaction((tx) => saveOrigin(tx, after))
  expect(await storedOrigin(t.db)).toEqual(after)
})

test('the public URL and the host of handles can’t change after the first account', async () => {
  await using t = await database()
  await t.db.transaction((tx) => saveOrigin(tx, before))
  const account = { username: 'alice', url: 'https://old.test/@alice', inboxUrl: 'https://old.test/inbox' }
  await t.db.insert(accounts).values({ id: newId(), uri: 'https://old.test/1', ...account })

  await t.db.transaction((tx) => saveOrigin(tx, before))
  await expect(t.db.transaction((tx) => saveOrigin(tx, after))).rejects.toThrow(
    /^ORIGIN is https:\/\/new\.test, but .* set ORIGIN=https:\/\/old\.test/,
  )
  await expect(t.db.transaction((tx) => saveOrigin(tx, { ...before, handleHost: 'new.test' }))).rejects.toThrow(
    /^HANDLE_HOST is new\.test/,
  )
  await expect(t.db.transaction((tx) => saveOrigin(tx, after))).rejects.toBeInstanceOf(OriginError)
  expect(await storedOrigin(t.db)).toEqual(before)
})

test('remote accounts don’t fix the public URL', async () => {
  await using t = await database()
  await t.db.transaction((tx) => saveOrigin(tx, before))
  await t.db
    .insert(accounts)
    .values({
      id: newId(),
      username: 'carol',
      domain: 'remote.test',
      uri: 'https://remote.test/1',
      url: 'https://remote.test/@carol',
      inboxUrl: 'https://remote.test/inbox',
    })
  await t.db.transaction((tx) => saveOrigin(tx, after))
  expect(await storedOrigin(t.db)).toEqual(after)
})
