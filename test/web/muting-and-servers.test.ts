import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { blockDomain, blockedDomains } from '#src/relationships/domain-block.ts'
import { mute } from '#src/relationships/mute.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

const mutesIn = async (t: TestDatabase) =>
  (
    await t.db.execute<{ quiet: boolean; minutes: number | null }>(sql`
      select hides_notifications as quiet, round(extract(epoch from expires_at - now()) / 60)::int as minutes from mutes`)
  ).rows

test('a mute can end by itself, and leave notifications alone', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const browser = await browserOf(t, 'alice')
  expect((await browser.get('/@bob')).html).toContain(`href="/accounts/${bob}/mute"`)
  expect((await browser.get(`/accounts/${bob}/mute`)).html).toMatch(/name="notifications"[^>]* checked/)
  const done = await browser.post(`/accounts/${bob}/mute`, { duration: '1800' })
  expect(done).toMatchObject({ status: 303, location: '/@bob' })
  expect(await mutesIn(t)).toEqual([{ quiet: false, minutes: 30 }])
  expect((await browser.get('/@bob')).html).toContain('Muted until')

  await browser.post(`/accounts/${bob}/mute`, { duration: '0', notifications: '1' })
  expect(await mutesIn(t)).toEqual([{ quiet: true, minutes: null }])
  await t.db.transaction((tx) => mute(tx, alice, bob, { hidesNotifications: false }))
  expect((await browser.get(`/accounts/${bob}/mute`)).html).not.toMatch(/name="notifications"[^>]* checked/)
})

test('a duration that is not offered, oneself and nobody are not muted', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const browser = await browserOf(t, 'alice')
  const refused = await browser.post(`/accounts/${bob}/mute`, { duration: '7', notifications: '1' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('id="duration-problem"')
  for (const id of [alice, '17', 'nobody'])
    expect((await browser.post(`/accounts/${id}/mute`, { duration: '0' })).status).toBe(404)
  expect(await mutesIn(t)).toEqual([])
  expect((await visitor(pages(t.app)).get(`/accounts/${bob}/mute`)).location).toMatch(/^\/login\?return_to=/)
})

test('a person learns what the block of a server ends before it is there', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [bob, carol] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'carol')]
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await makeFollow(t, carol, alice)
  const browser = await browserOf(t, 'alice')
  expect((await browser.get('/@bob@remote.test')).html).toContain('href="/settings/blocked-servers?domain=remote.test"')
  const preview = await browser.get('/settings/blocked-servers?domain=Remote.TEST')
  expect(preview.html).toContain('You lose 2 followers, and you unfollow 1 person.')
  expect(await blockedDomains(t.db, alice, { limit: 5 })).toEqual([])

  const done = await browser.post('/settings/blocked-servers', { domain: 'remote.test' })
  expect(done).toMatchObject({ status: 303, location: '/settings/blocked-servers?done=blocked' })
  expect(await blockedDomains(t.db, alice, { limit: 5 })).toMatchObject([{ domain: 'remote.test' }])
  expect((await browser.get('/settings/blocked-servers?domain=remote.test')).html).toContain('already')
})

test('names that are no servers, and this server, are refused', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = await browserOf(t, 'alice')
  for (const domain of ['not <a> host', 'pipit.test', '']) {
    expect((await browser.get(`/settings/blocked-servers?${new URLSearchParams({ domain })}`)).status).toBe(422)
    const refused = await browser.post('/settings/blocked-servers', { domain })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain(
      domain === 'pipit.test' ? 'This is the server that you are on' : 'Name of the server: this is no server’s name',
    )
  }
  expect((await browser.get('/settings/blocked-servers?domain=not+%3Ca%3E+host')).html).toContain(
    'value="not &lt;a&gt; host"',
  )
  expect(await blockedDomains(t.db, alice, { limit: 5 })).toEqual([])
})

test('only the ticked servers are unblocked, and only for oneself', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (const [who, domain] of [
    [alice, 'one.test'],
    [alice, 'two.test'],
    [bob, 'one.test'],
  ] as const)
    await t.db.transaction((tx) => blockDomain(tx, t.app.uris, who, domain))
  const browser = await browserOf(t, 'alice')
  const none = await browser.post('/settings/blocked-servers/remove')
  expect(none.location).toBe('/settings/blocked-servers?done=none')
  expect((await browser.get(none.location!)).html).toContain('Tick at least one server first.')
  await browser.post('/settings/blocked-servers/remove', { pick: ['one.test', 'unknown.test'] })
  expect(await blockedDomains(t.db, alice, { limit: 5 })).toMatchObject([{ domain: 'two.test' }])
  expect(await blockedDomains(t.db, bob, { limit: 5 })).toMatchObject([{ domain: 'one.test' }])
})
