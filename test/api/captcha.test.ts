/** Apps know nothing of captchas and approval queues, and go on working. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { notifyStaffOfSignUp } from '#src/accounts/sign-up/notify-staff.ts'
import { askCaptchas } from '../captcha.ts'
import { localAccount } from '../cast.ts'
import { database } from '../database.ts'
import { serve, tokenOf } from './server.ts'

const bob = { username: 'bob', email: 'bob@mail.test', password: 'a fine long password', agreement: 'true' }

test('an app signs people up where the website has a captcha; blocked names are refused as reserved', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await askCaptchas(t, { blockedUsernames: ['*nest*'] })
  const token = await tokenOf(t.app, null, ['write:accounts'])
  const signUp = (body: object) => server.call('POST', '/api/v1/accounts', { token, body: { ...bob, ...body } })
  expect(await signUp({ username: 'my_n3st' })).toMatchObject({
    status: 422,
    body: { details: { username: [{ error: 'ERR_RESERVED', description: 'is reserved' }] } },
  })
  const made = await signUp({})
  expect(made.status).toBe(200)
  expect(
    await server.call('GET', '/api/v1/emails/check_confirmation', { token: made.body.access_token }),
  ).toMatchObject({ status: 200, body: false })
  expect((await t.db.execute(sql`select from attempts where key like 'captcha owed %'`)).rows).toHaveLength(1)
})

test('moderators’ apps get a person who waits as a sign-up, and nobody else’s do', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [mod, alice] = [await localAccount(t, 'mod', { role: 'moderator' }), await localAccount(t, 'alice')]
  const [asking, early] = [
    await localAccount(t, 'asking', { isApproved: false }),
    await localAccount(t, 'early', { isApproved: false, isConfirmed: false }),
  ]
  await t.db.transaction((tx) => notifyStaffOfSignUp(tx, asking))
  await t.db.transaction((tx) => notifyStaffOfSignUp(tx, early))
  const [modToken, aliceToken] = [await tokenOf(t.app, mod), await tokenOf(t.app, alice)]
  const [notice, ...more] = await server.get('/api/v1/notifications', '[Notification]', modToken)
  expect(more).toEqual([])
  expect(notice).toMatchObject({ type: 'admin.sign_up', account: { acct: 'asking' } })
  const grouped = await server.get('/api/v2/notifications', 'GroupedNotificationsResults', modToken)
  const [{ group_key: key, sample_account_ids: ids }] = grouped.notification_groups
  expect(ids).toEqual([asking])
  expect(await server.get(`/api/v2/notifications/${key}/accounts`, '[Account]', modToken)).toMatchObject([
    { acct: 'asking' },
  ])
  expect(await server.get('/api/v1/notifications', '[Notification]', aliceToken)).toEqual([])
  for (const token of [modToken, aliceToken])
    expect((await server.call('GET', `/api/v1/accounts/${asking}`, { token })).status).toBe(404)
})
