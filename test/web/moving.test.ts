import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('a person can move on the website, and a moved account can only cancel the move', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  const [old, next] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await old.logIn('alice', password)
  await next.logIn('bob', password)

  expect((await old.post('/settings/moving', { target: '@bob' })).html).toContain(
    'does not name this one among its aliases',
  )
  expect((await next.post('/settings/moving/aliases', { alias: '@nobody' })).html).toContain('@nobody was not found')
  expect((await next.post('/settings/moving/aliases', { alias: '@alice@pipit.test' })).status).toBe(303)
  expect((await next.get('/settings/moving')).html).toContain('@alice')

  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await old.post('/settings/moving', { target: '@bob', return_to: '/settings/moving' })).location).toBe(
    '/prove?return_to=%2Fsettings%2Fmoving',
  )
  await t.db.execute(sql`update sessions set proved_at = now()`)
  expect((await old.post('/settings/moving', { target: '@bob' })).location).toBe('/settings/moving?done=moved')
  expect((await next.get('/@alice')).html).toMatch(/This account goes on as.*@bob/s)
  expect((await old.get('/compose')).status).toBe(403)
  expect((await old.post('/compose', { text: 'Still here' })).status).toBe(403)
  expect((await old.get('/settings/profile')).status).toBe(403)
  for (const path of ['/settings/account', '/settings/apps', '/settings/moving'])
    expect((await old.get(path)).status).toBe(200)

  expect((await old.post('/settings/moving/cancel')).status).toBe(303)
  expect((await old.get('/compose')).status).toBe(200)
  expect((await next.get('/@alice')).html).not.toContain('goes on as')
  expect((await old.post('/settings/moving', { target: '@bob' })).html).toContain('once in 30 days')

  const { rows } = await t.db.execute<{ uri: string }>(sql`select uri from accounts where id = ${alice}`)
  expect((await next.post('/settings/moving/aliases/remove', { uri: rows[0]!.uri })).status).toBe(303)
  expect((await next.get('/settings/moving')).html).not.toContain('@alice')
  // Visitors have nothing to move.
  expect((await visitor(pages(t.app)).get('/settings/moving')).status).toBe(303)
})

test('apps of a moved account get the reason, and see public posts only', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob)
  const token = await tokenOf(t.app, alice)
  await t.db.execute(sql`update accounts set moved_to_id = ${bob} where id = ${alice}`)
  await using server = await serve(t.app)
  const tries = [
    ['GET', '/api/v1/timelines/home'],
    ['POST', `/api/v1/statuses/${post}/favourite`],
    ['POST', `/api/v1/accounts/${bob}/follow`],
    ['POST', '/api/v1/statuses'],
  ] as const
  for (const [method, path] of tries) {
    const answer = await server.call(method, path, { token })
    expect(answer).toMatchObject({
      status: 403,
      body: { error: 'Your account has moved, and can be used again only when you call that off' },
    })
  }
  expect((await server.call('GET', `/api/v1/statuses/${post}`, { token })).status).toBe(200)
  expect(await server.get(`/api/v1/accounts/${alice}`, 'Account', token)).toMatchObject({
    moved: { id: bob, acct: 'bob' },
  })
})
