import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function oneThatFails(t: TestDatabase): Promise<void> {
  await t.db.execute(
    sql`insert into activities (id, uri, type, body) values (1, 'https://pipit.test/1', 'Create', '{}')`,
  )
  await t.db.execute(
    sql`insert into deliveries (activity_id, inbox_url, host) values (1, 'https://down.test:8443/inbox', 'down.test:8443')`,
  )
  await t.db.execute(sql`insert into hosts (host, failures, is_slow, last_error, next_try_at, last_success_at) values
    ('down.test:8443', 3, true, 'No answer <in> time', now() + interval '1 hour', null), ('well.test', 0, false, null, null, now())`)
}
const stateOf = async (t: TestDatabase) =>
  (
    await t.db.execute(
      sql`select stopped_at is not null as stopped, next_try_at <= now() as due from hosts where host = 'down.test:8443'`,
    )
  ).rows

test('admins see the state of deliveries to each server, and can retry, stop and resume them', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'admin' })
  await oneThatFails(t)
  const admin = visitor(pages(t.app))
  await admin.logIn('alice', password)
  const { html } = await admin.get('/admin/servers')
  expect(html).toContain('Failed 3 times in a row: No answer &lt;in&gt; time')
  expect(html).toMatch(/<h2>well\.test<\/h2>/)
  const onlyFailing = (await admin.get('/admin/servers?show=failing')).html
  expect(onlyFailing).toContain('<h2>down.test:8443</h2>')
  expect(onlyFailing).not.toContain('well.test')
  expect((await admin.get('/admin/servers?after=down.test%3A8443')).html).not.toContain('<h2>down.test')

  const act = (verb: string) => admin.post(`/admin/servers/${encodeURIComponent('down.test:8443')}/${verb}`)
  expect(await act('retry')).toMatchObject({ status: 303, location: '/admin/servers' })
  expect(await stateOf(t)).toEqual([{ stopped: false, due: true }])
  expect(await t.jobs()).toContain('deliver')
  await act('stop')
  expect(await stateOf(t)).toMatchObject([{ stopped: true }])
  expect((await admin.get('/admin/servers')).html).toContain('Stopped')
  expect((await act('retry')).status).toBe(409)
  await act('resume')
  expect(await stateOf(t)).toEqual([{ stopped: false, due: true }])
  expect((await admin.post('/admin/servers/unknown.test/stop')).status).toBe(404)
  expect((await act('constructor')).status).toBe(404)
})

test('the page of servers answers 404 for people other than admins', async () => {
  await using t = await database()
  await localAccount(t, 'mod', { role: 'moderator' })
  await oneThatFails(t)
  const mod = visitor(pages(t.app))
  await mod.logIn('mod', password)
  expect((await mod.get('/admin/servers')).status).toBe(404)
  expect((await mod.post('/admin/servers/well.test/stop')).status).toBe(404)
  expect(await stateOf(t)).toEqual([{ stopped: false, due: false }])
})
