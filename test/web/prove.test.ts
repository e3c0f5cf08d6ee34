/** Proofs: what nobody gets at with an open browser alone. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const cookie = '__Host-pipit'

/** Some time passes. */
const wait = (t: TestDatabase, minutes: number) =>
  t.db.execute(sql`update sessions set proved_at = proved_at - ${minutes} * interval '1 minute'`)

const kinds = async (t: TestDatabase) =>
  (await t.db.execute<{ kind: string }>(sql`select kind from security_events order by id`)).rows.map(({ kind }) => kind)

test('ten minutes after the log-in, strong actions ask for the password, and lead back', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  expect((await alice.get('/settings/moving')).status).toBe(200)
  await wait(t, 11)
  for (const path of ['/settings/moving', '/settings/email', '/settings/tokens', '/admin/settings', '/admin/rules'])
    expect((await alice.get(path)).location, path).toBe(`/prove?${new URLSearchParams({ return_to: path })}`)
  // What needs no proof goes on.
  expect((await alice.get('/settings/profile')).status).toBe(200)

  const wrong = await alice.post('/prove', { password: 'not hers', return_to: '/settings/moving' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('value="/settings/moving"')
  expect(await kinds(t)).toEqual(['signedIn', 'wrongPassword'])
  expect((await alice.get('/settings/moving')).status).toBe(303)
  expect((await alice.post('/prove', { password, return_to: '/settings/moving' })).location).toBe('/settings/moving')
  expect((await alice.get('/settings/moving')).status).toBe(200)
})

test('a form that was sent too late leads to the proof and back to its page; long forms of admins have an hour', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  await wait(t, 30)
  const late = await alice.post(
    '/settings/moving/aliases',
    { alias: '@bob' },
    { Referer: 'https://pipit.test/settings/moving' },
  )
  expect(late.location).toBe('/prove?return_to=%2Fsettings%2Fmoving')
  const settings = { title: 'Meadow', registrations: 'open', max_media_attachments: '4' }
  expect((await alice.post('/admin/settings', settings)).location).toBe('/admin/settings?saved=1')
  await wait(t, 31)
  expect((await alice.post('/admin/settings', settings)).location).toMatch(/^\/prove\?/)
})

test('a proof does not help whoever copied the cookie before', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [alice, thief] = [visitor(site), visitor(site)]
  await alice.logIn('alice', password)
  await wait(t, 11)
  thief.cookies.set(cookie, alice.cookies.get(cookie)!)
  expect((await thief.get('/settings/profile')).status).toBe(200)
  await alice.post('/prove', { password })
  expect((await thief.get('/settings/moving')).location).toBe('/login?return_to=%2Fsettings%2Fmoving')
  expect((await alice.get('/settings/moving')).status).toBe(200)
})

test('a form of another browser, another session or no session at all prove nothing', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const site = pages(t.app)
  const [alice, mallory] = [visitor(site), visitor(site)]
  await mallory.logIn('mallory', password)
  await wait(t, 11)
  const { html } = await mallory.get('/prove')
  const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
  expect((await visitor(site).post('/prove', { password })).location).toBe('/login')
  // The form of another browser does nothing here.
  expect((await alice.post('/prove', { password, form_token: token })).status).toBe(403)
  // Nor does a proof in one browser prove anything in another of the same account.
  const second = visitor(site)
  await second.logIn('mallory', password)
  await wait(t, 11)
  await mallory.post('/prove', { password })
  expect((await second.get('/settings/moving')).status).toBe(303)
})

test('/prove leads nowhere else', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  for (const target of ['https://evil.test/', '//evil.test/', '/\\evil.test', '/\t/evil.test', 'javascript:alert(1)']) {
    const { html } = await alice.get(`/prove?${new URLSearchParams({ return_to: target })}`)
    expect(html, target).not.toContain('evil.test')
    expect((await alice.post('/prove', { password, return_to: target })).location, target).toBe('/')
  }
})

test('guessing at /prove is limited, together with changing the password', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  const answers = []
  for (let i = 0; i < 8; i++) answers.push((await alice.post('/prove', { password: `guess ${i}` })).status)
  for (let i = 0; i < 3; i++)
    answers.push(
      (await alice.post('/settings/password', { current_password: `guess ${i}`, password: 'another good one' })).status,
    )
  expect(answers).toEqual([...Array(10).fill(422), 429])
  expect((await alice.post('/prove', { password })).status).toBe(429)
})

test('an account without a password is told to log in again', async () => {
  await using t = await database()
  const id = await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  await t.db.execute(sql`update users set password_hash = null where account_id = ${id}`)
  const { html } = await alice.get('/prove')
  expect(html).toContain('has no password')
  expect(html).not.toContain('type="password"')
  expect((await alice.post('/prove', { password: '' })).status).toBe(422)
  expect((await alice.post('/prove', { password })).status).toBe(422)
})
