import { expect, test } from 'vitest'
import { accountByHandle } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { search } from '#src/reading/search.ts'
import { localAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test.each([
  ['unconfirmed', { isConfirmed: false }],
  ['waiting for approval', { isApproved: false }],
])('an account that is %s is found by nobody and by no way', async (_, options) => {
  await using t = await database()
  const [alice, pending] = [await localAccount(t, 'alice'), await localAccount(t, 'pending', options)]
  expect(await loadAccountViews(t.db, [pending, alice])).toMatchObject([{ id: alice }])
  expect(await accountByHandle(t.db, { username: 'pending', domain: null })).toBeNull()
  expect(await accountByHandle(t.db, { username: 'pending', domain: null })).toBeNull()
  expect((await search(t.app, alice, 'pend', { limit: 5, resolve: false })).accounts).toEqual([])
  expect((await search(t.app, alice, 'https://pipit.test/@pending', { limit: 5, resolve: false })).accounts).toEqual([])
  await status(t, alice, { text: 'Hello @pending' })
  expect(await t.jobs()).not.toContain('mention-mail')
})
