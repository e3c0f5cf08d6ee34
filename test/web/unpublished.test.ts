/** Drafts, scheduled posts, and the author's actions on a held post. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, DraftId } from '#src/platform/ids.ts'
import { emptyContent, emptyPart, listDrafts, saveDraft } from '#src/statuses/drafts.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { listScheduled, scheduleStatus } from '#src/statuses/scheduled.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  return { id, web }
}

const draft = (t: TestDatabase, who: AccountId, text: string) =>
  t.db.transaction((tx) => saveDraft(tx, who, { ...emptyContent, parts: [{ ...emptyPart, text }] }))
async function schedule(t: TestDatabase, who: AccountId, text: string): Promise<string> {
  const input = { text }
  const made = await t.db.transaction(async (tx) =>
    scheduleStatus(tx, who, new Date(Date.now() + 3_600_000), { input, draft: await prepareStatus(t.app, who, input) }),
  )
  return 'scheduledId' in made ? made.scheduledId : ''
}
const draftIn = (location: string | null) => /^\/compose\?draft=(\d+)$/.exec(location ?? '')?.[1] as DraftId

test('people can list, open and delete their own drafts', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  expect((await alice.web.get('/drafts')).html).toContain('No drafts')
  const id = await draft(t, alice.id, '<b>Half a thought</b>')
  await draft(t, alice.id, '')
  const { html } = await alice.web.get('/drafts')
  expect(html).toContain('&lt;b&gt;Half a thought&lt;/b&gt;')
  expect(html).toContain(`/compose?draft=${id}`)
  expect(html).toContain('No text yet')
  expect((await bob.web.get('/drafts')).html).not.toContain('Half a thought')

  await bob.web.post(`/drafts/${id}/delete`)
  expect((await alice.web.get('/drafts')).html).toContain('Half a thought')
  expect((await alice.web.post(`/drafts/${id}/delete`)).location).toBe('/drafts')
  expect((await alice.web.get('/drafts')).html).not.toContain('Half a thought')
  expect((await visitor(pages(t.app)).get('/drafts')).location).toContain('/login')
})

test('people can list, reschedule, reopen and delete scheduled posts', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await t.db.execute(sql`update users set time_zone = 'Europe/Berlin'`)
  expect((await alice.web.get('/scheduled')).html).toContain('Nothing is scheduled')
  const id = await schedule(t, alice.id, 'Happy new year')
  const shown = (await alice.web.get('/scheduled')).html
  expect(shown).toContain('Happy new year')
  expect(shown).toContain('Your time zone is Europe/Berlin')
  expect((await bob.web.get('/scheduled')).html).not.toContain('Happy new year')

  const moved = await alice.web.post(`/scheduled/${id}/time`, { scheduled_at: '2030-01-01T00:00' })
  expect(moved.location).toBe('/scheduled')
  const at = async () => (await listScheduled(t.db, alice.id, { limit: 5 }))[0]?.scheduledAt.toISOString()
  expect(await at()).toBe('2029-12-31T23:00:00.000Z')
  for (const [typed, reason] of [
    ['', 'Choose a date and a time'],
    ['2030-02-30T00:00', 'Choose a date and a time'],
    ['2020-01-01T00:00', 'at least 5 minutes'],
  ] as const) {
    const refused = await alice.web.post(`/scheduled/${id}/time`, { scheduled_at: typed })
    expect([refused.status, refused.html.includes(reason)]).toEqual([422, true])
    expect(refused.html).toContain(typed ? `value="${typed}"` : reason)
  }
  expect(await at()).toBe('2029-12-31T23:00:00.000Z')
  for (const action of ['time', 'edit', 'delete'])
    expect((await bob.web.post(`/scheduled/${id}/${action}`, { scheduled_at: '2031-01-01T00:00' })).status).toBe(404)

  const draftId = draftIn((await alice.web.post(`/scheduled/${id}/edit`)).location)
  expect(await listDrafts(t.db, alice.id, { limit: 5 })).toMatchObject([
    { id: draftId, content: { scheduledAt: '2030-01-01T00:00' } },
  ])
  const other = await schedule(t, alice.id, 'Never mind')
  expect((await alice.web.post(`/scheduled/${other}/delete`)).location).toBe('/scheduled')
  expect(await listScheduled(t.db, alice.id, { limit: 5 })).toEqual([])
})

test('a scheduled post that failed shows the reason', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  await schedule(t, alice.id, 'Lost')
  await t.db.execute(sql`update scheduled_statuses set params = params || '{"failure": "Record not found"}'`)
  expect((await alice.web.get('/scheduled')).html).toContain('It was not published: Record not found')
})

test('delete and redraft asks for a confirmation, and opens the draft', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const id = await status(t, alice.id, { text: 'With a typo' })
  expect((await alice.web.get(`/@alice/${id}`)).html).toContain(`/statuses/${id}/redraft`)
  expect((await bob.web.get(`/@alice/${id}`)).html).not.toContain('/redraft')
  expect((await bob.web.get(`/statuses/${id}/redraft`)).status).toBe(404)
  expect((await bob.web.post(`/statuses/${id}/redraft`)).status).toBe(404)
  expect((await alice.web.get(`/statuses/${id}/redraft`)).html).toContain('the servers that received it')
  const draftId = draftIn((await alice.web.post(`/statuses/${id}/redraft`)).location)
  expect(await listDrafts(t.db, alice.id, { limit: 5 })).toMatchObject([
    { id: draftId, content: { parts: [{ text: 'With a typo' }] } },
  ])
  expect(await loadStatusView(t.db, alice.id, id)).toBeUndefined()
})

test('the author of a held post sees the time that is left, and can send or delete the post', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await t.db.execute(sql`update users set undo_seconds = 60`)
  const id = await status(t, alice.id, { text: 'Wait' })
  const { html } = await alice.web.get(`/@alice/${id}`)
  expect(html).toMatch(/Leaves this server in <span data-seconds="\d+">\d+<\/span> s/)
  expect((await bob.web.get(`/@alice/${id}`)).html).not.toContain('Leaves this server')
  expect((await alice.web.get(`/statuses/${id}/delete`)).html).toContain('No other server has received it')

  expect((await bob.web.post(`/statuses/${id}/send-now`)).status).toBe(404)
  expect((await visitor(pages(t.app)).get(`/@alice/${id}`)).status).toBe(404)
  await alice.web.post(`/statuses/${id}/send-now`)
  expect((await alice.web.get(`/@alice/${id}`)).html).not.toContain('Leaves this server')
  expect((await visitor(pages(t.app)).get(`/@alice/${id}`)).status).toBe(200)
})
