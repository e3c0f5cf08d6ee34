import { expect, test } from 'vitest'
import type { ListId } from '#src/platform/ids.ts'
import { createList, listsOf } from '#src/reading/lists/manage.ts'
import { addToList, listMembers } from '#src/reading/lists/members.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  return { id, web }
}

test('somebody makes a list, puts people whom they follow on it, and reads their posts there', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice.id, bob)
  await status(t, bob, { text: 'Owls at dusk' })
  expect((await alice.web.get('/lists')).html).toContain('You have no lists yet')
  const made = await alice.web.post('/lists', { title: 'Birders', replies: 'none', exclusive: '1' })
  const id = /^\/lists\/(\d+)\/edit$/.exec(made.location ?? '')?.[1] as ListId
  expect(await listsOf(t.db, alice.id)).toMatchObject([{ title: 'Birders', repliesPolicy: 'none', isExclusive: true }])
  expect((await alice.web.get(`/lists/${id}`)).html).toContain('Nobody is on this list yet')

  const found = (await alice.web.get(`/lists/${id}/edit?q=bo`)).html
  expect(found).toContain(`/lists/${id}/add/${bob}`)
  const back = { return_to: `/lists/${id}/edit?q=bo` }
  expect((await alice.web.post(`/lists/${id}/add/${bob}`, back)).location).toBe(`/lists/${id}/edit?q=bo`)
  expect((await alice.web.get(`/lists/${id}/edit?q=bo`)).html).not.toContain(`/lists/${id}/add/${bob}`)
  expect((await alice.web.get(`/lists/${id}`)).html).toContain('Owls at dusk')
  // The list is exclusive.
  expect((await alice.web.get('/')).html).not.toContain('Owls at dusk')

  await alice.web.post(`/lists/${id}/remove/${bob}`)
  expect((await alice.web.get(`/lists/${id}`)).html).not.toContain('Owls at dusk')
  await alice.web.post(`/lists/${id}/edit`, { title: 'Owls', replies: 'followed' })
  expect(await listsOf(t.db, alice.id)).toMatchObject([
    { title: 'Owls', repliesPolicy: 'followed', isExclusive: false },
  ])
  await alice.web.post(`/lists/${id}/delete`)
  expect(await listsOf(t.db, alice.id)).toEqual([])
})

test('a list without a name is refused, and the form keeps what was chosen', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const refused = await alice.web.post('/lists', { title: '  ', replies: 'followed', exclusive: '1' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Name of the list can’t be blank')
  expect(refused.html).toMatch(/<option value="followed" selected/)
  expect(await listsOf(t.db, alice.id)).toEqual([])

  const id = await t.db.transaction((tx) => createList(tx, alice.id, { title: 'Choir' }))
  const kept = await alice.web.post(`/lists/${id}/edit`, { title: '', replies: 'none' })
  expect([kept.status, kept.html.includes('Name of the list can’t be blank')]).toEqual([422, true])
  expect(await listsOf(t.db, alice.id)).toMatchObject([{ title: 'Choir', repliesPolicy: 'list' }])
})

test('checkboxes say on which of one’s lists a person is', async () => {
  await using t = await database()
  const [alice, bob, carol] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'carol')]
  await makeFollow(t, alice.id, bob)
  const [choir, owls] = await t.db.transaction(async (tx) => {
    const ids = [
      await createList(tx, alice.id, { title: 'Choir' }),
      await createList(tx, alice.id, { title: 'Owls' }),
    ] as const
    await addToList(tx, alice.id, ids[0], [bob])
    return ids
  })
  expect((await alice.web.get('/@bob')).html).toContain(`/accounts/${bob}/lists`)
  const { html } = await alice.web.get(`/accounts/${bob}/lists`)
  expect(html).toMatch(new RegExp(`value="${choir}" checked`))
  expect(html).not.toMatch(new RegExp(`value="${owls}" checked`))
  await alice.web.post(`/accounts/${bob}/lists`, { list: [owls] })
  expect(await listMembers(t.db, alice.id, choir, null)).toEqual([])
  expect(await listMembers(t.db, alice.id, owls, null)).toMatchObject([{ accountId: bob }])

  expect((await alice.web.get(`/accounts/${carol}/lists`)).html).toContain(
    'Only people whom you follow can be on a list',
  )
  expect((await alice.web.post(`/accounts/${carol}/lists`, { list: [owls] })).status).toBe(404)
  expect((await alice.web.post(`/accounts/${bob}/lists`, { list: ['nonsense'] })).status).toBe(404)
  expect(await listMembers(t.db, alice.id, owls, null)).toMatchObject([{ accountId: bob }])
})

test('other people’s lists don’t exist for somebody, and visitors are led to log in', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await makeFollow(t, bob.id, alice.id)
  const id = await t.db.transaction((tx) => createList(tx, alice.id, { title: 'Secret circle' }))
  for (const path of [`/lists/${id}`, `/lists/${id}/edit`, '/lists/abc'])
    expect((await bob.web.get(path)).status).toBe(404)
  for (const action of ['edit', 'delete', `add/${alice.id}`, `remove/${alice.id}`])
    expect((await bob.web.post(`/lists/${id}/${action}`, { title: 'Mine' })).status).toBe(404)
  expect((await bob.web.post(`/accounts/${alice.id}/lists`, { list: [id] })).status).toBe(404)
  expect(await listsOf(t.db, alice.id)).toMatchObject([{ title: 'Secret circle' }])
  expect((await bob.web.get('/lists')).html).not.toContain('Secret circle')
  for (const path of ['/lists', `/lists/${id}`, `/lists/${id}/edit`, `/accounts/${alice.id}/lists`])
    expect((await visitor(pages(t.app)).get(path)).location).toContain('/login')
})
