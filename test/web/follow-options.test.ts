import { expect, test } from 'vitest'
import { loadRelationships } from '#src/relationships/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

test('a person chooses what they get of somebody they follow', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const browser = await browserOf(t, 'alice')
  const path = `/accounts/${bob}/following`
  const relation = async () => (await loadRelationships(t.db, alice, [bob]))[0]
  expect((await browser.get('/@bob')).html).toContain(`href="${path}"`)
  expect((await browser.get(path)).html).toMatch(/name="boosts"[^>]* checked/)

  expect(await browser.post(path, { notify: '1', language: ['de', 'en'] })).toMatchObject({
    status: 303,
    location: '/@bob',
  })
  expect(await relation()).toMatchObject({ showsReblogs: false, notifies: true, languages: ['de', 'en'] })
  expect((await browser.get(path)).html).toMatch(/name="language" value="de" checked/)
  expect((await browser.post(path, { language: 'no <tag>', boosts: '1' })).status).toBe(422)
  expect(await relation()).toMatchObject({ showsReblogs: false, languages: ['de', 'en'] })

  await browser.post(`/accounts/${bob}/unnotify`)
  await browser.post(`/accounts/${bob}/show-boosts`)
  expect(await relation()).toMatchObject({ showsReblogs: true, notifies: false, languages: ['de', 'en'] })
  await browser.post(`/accounts/${bob}/endorse`)
  expect(await relation()).toMatchObject({ endorsed: true })
})

test('the options of a follow never make one', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const browser = await browserOf(t, 'alice')
  const path = `/accounts/${bob}/following`
  expect((await browser.get(path)).status).toBe(404)
  for (const way of [path, `/accounts/${bob}/notify`, `/accounts/${bob}/hide-boosts`])
    expect((await browser.post(way, { notify: '1' })).status, way).toBe(404)
  expect((await browser.post(`/accounts/${bob}/endorse`)).status).toBe(422)
  expect(await loadRelationships(t.db, alice, [bob])).toMatchObject([
    { following: false, requested: false, endorsed: false },
  ])
})

test('a private note is shown to its writer alone, and an empty one is removed', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const browser = await browserOf(t, 'alice')
  const path = `/accounts/${bob}/note`
  await browser.post(path, { note: 'Met in <Bath>\r\nLikes tea' })
  expect((await browser.get('/@bob')).html).toContain('Met in &lt;Bath&gt;\nLikes tea')
  const asBob = await browserOf(t, 'bob')
  expect((await asBob.get('/@bob')).html).not.toContain('Likes tea')
  expect((await visitor(pages(t.app)).get('/@bob')).html).not.toContain('Likes tea')

  const refused = await browser.post(path, { note: 'a'.repeat(2_001) })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('a'.repeat(2_001))
  expect((await browser.get(path)).html).toContain('Likes tea')
  await browser.post(path, { note: ' ' })
  expect(await loadRelationships(t.db, alice, [bob])).toMatchObject([{ note: '' }])
  expect((await browser.get(`/accounts/${alice}/note`)).status).toBe(404)
  expect((await visitor(pages(t.app)).get(path)).location).toMatch(/^\/login\?return_to=/)
})
