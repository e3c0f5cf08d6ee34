import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('people vote in polls on the website, and see the results', async () => {
  await using t = await database()
  const [alice] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await asAlice.logIn('alice', password)
  await asBob.logIn('bob', password)
  const single = await status(t, alice, {
    text: 'Which?',
    poll: { options: ['<Tea>', 'Coffee'], expiresInSeconds: 3_600 },
  })
  const several = await status(t, alice, {
    text: 'Which ones?',
    poll: { options: ['Tea', 'Coffee', 'Milk'], expiresInSeconds: 3_600, isMultiple: true, hidesTotals: true },
  })

  expect((await asAlice.get(`/@alice/${single}`)).html).not.toContain('type="radio"')
  const ballot = (await asBob.get(`/@alice/${single}`)).html
  expect(ballot).toContain('type="radio"')
  expect(ballot).toContain('&lt;Tea&gt;')
  expect((await asBob.post(`/statuses/${single}/vote`)).status).toBe(422)
  expect((await asBob.post(`/statuses/${single}/vote`, { choice: '1' })).status).toBe(303)
  expect((await asBob.post(`/statuses/${single}/vote`, { choice: '0' })).status).toBe(422)
  const stand = (await asBob.get(`/@alice/${single}`)).html
  expect(stand).not.toContain('type="radio"')
  expect(stand).toContain('100%')
  expect(stand).toContain('Your vote')

  await asBob.post(`/statuses/${several}/vote`, { 'choice-0': '1', 'choice-2': '1' })
  expect((await loadStatusView(t.db, alice, several))?.poll).toMatchObject({
    votersCount: 1,
    options: [{ votesCount: 1 }, { votesCount: 0 }, { votesCount: 1 }],
  })
  expect((await asBob.get(`/@alice/${several}`)).html).not.toContain('100%')
  await t.db.execute(sql`update polls set expires_at = now()`)
  expect((await asBob.get(`/@alice/${several}`)).html).toContain('100%')
})

test('authors can edit and pin their posts on the website, and everybody can read the history', async () => {
  await using t = await database()
  const [alice] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob, stranger] = [visitor(pages(t.app)), visitor(pages(t.app)), visitor(pages(t.app))]
  await asAlice.logIn('alice', password)
  await asBob.logIn('bob', password)
  const id = await status(t, alice, {
    text: 'Frist *words*',
    format: 'markdown',
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 3_600 },
  })
  await status(t, alice, { text: 'Newer' })

  expect((await asBob.get(`/statuses/${id}/edit`)).status).toBe(404)
  expect((await asBob.post(`/statuses/${id}/edit`, { text: 'Mine' })).status).toBe(404)
  expect((await asAlice.get(`/statuses/${id}/edit`)).html).toContain('Frist *words*</textarea>')
  const long = await asAlice.post(`/statuses/${id}/edit`, { text: 'x'.repeat(501), format: 'markdown' })
  expect([long.status, long.html.includes('1 character too long: the limit is 500')]).toEqual([422, true])
  expect((await stranger.get(`/@alice/${id}`)).html).not.toContain('Edited')
  expect((await asAlice.post(`/statuses/${id}/edit`, { text: 'First *words*', format: 'markdown' })).location).toBe(
    `/@alice/${id}`,
  )
  expect(await loadStatusView(t.db, null, id)).toMatchObject({
    content: '<p>First <em>words</em></p>',
    poll: { options: [{ title: 'Tea' }, { title: 'Coffee' }] },
  })
  expect((await stranger.get(`/@alice/${id}`)).html).toContain(`/@alice/${id}/history`)
  const history = (await stranger.get(`/@alice/${id}/history`)).html
  expect(history).toMatch(
    /<del>.*Frist.*<\/del><ins>.*First.*<\/ins> words[^]*As it was published[^]*<p>Frist <em>words/,
  )
  expect((await stranger.get(`/@bob/${id}/history`)).location).toBe(`/@alice/${id}/history`)
  const secret = await status(t, alice, { visibility: 'private' })
  expect((await stranger.get(`/@alice/${secret}/history`)).status).toBe(404)

  await asAlice.post(`/statuses/${id}/pin`)
  const profile = (await stranger.get('/@alice')).html
  expect(profile).toContain('Pinned')
  expect(profile.indexOf('First')).toBeLessThan(profile.indexOf('Newer'))
  expect(profile.split(`id="post-${id}"`)).toHaveLength(2)
  await asAlice.post(`/statuses/${id}/unpin`)
  expect((await stranger.get('/@alice')).html).not.toContain('Pinned')
  await asBob.post(`/statuses/${id}/mute`)
  expect((await asBob.get(`/@alice/${id}`)).html).toContain('Unmute this conversation')
})

test('a poll on the website may have no end, and an edit can keep this or set an end', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const asAlice = visitor(pages(t.app))
  await asAlice.logIn('alice', password)
  const form = { complete: '1', text: 'Which?', 'poll-0': '1', 'poll_option-0': ['Tea', 'Coffee'] }
  const blank = await asAlice.post('/compose', { ...form, 'poll_ends-0': '' })
  expect([blank.status, blank.html.includes('Poll deadline can’t be blank')]).toEqual([422, true])
  expect((await asAlice.post('/compose', { ...form, 'poll_ends-0': 'never' })).status).toBe(303)
  const { rows } = await t.db.execute<{ id: StatusId }>(sql`select id from statuses`)
  const { id } = rows[0]!
  const poll = async () => (await loadStatusView(t.db, alice, id))?.poll
  expect(await poll()).toMatchObject({ expiresAt: null, isExpired: false, options: [{ title: 'Tea' }, {}] })

  const changed = { ...form, 'poll_option-0': ['Tea', 'Milk'] }
  await asAlice.post(`/statuses/${id}/edit`, { ...changed, 'poll_ends-0': '' })
  expect(await poll()).toMatchObject({ expiresAt: null, options: [{}, { title: 'Milk' }] })
  await asAlice.post(`/statuses/${id}/edit`, { ...changed, 'poll_ends-0': '3600' })
  expect((await poll())?.expiresAt).toBeInstanceOf(Date)
  await asAlice.post(`/statuses/${id}/edit`, { ...changed, 'poll_ends-0': '' })
  expect((await poll())?.expiresAt).toBeInstanceOf(Date)
  await asAlice.post(`/statuses/${id}/edit`, { ...changed, 'poll_ends-0': 'never' })
  expect(await poll()).toMatchObject({ expiresAt: null })
})
