import { expect, test } from 'vitest'
import { copyLimits } from '#src/reading/filters/copies.ts'
import { addStatus, createFilter } from '#src/reading/filters/manage.ts'
import { loadFilterViews } from '#src/reading/filters/read.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  return { id, web, filters: () => loadFilterViews(t.db, id) }
}

const spiders = {
  title: 'Spiders',
  contexts: ['home', 'public'],
  keywords: [{ keyword: 'spider' }, { keyword: 'web', isWholeWord: false }],
}

test('the site makes no filter without a keyword, and says of one that has lost its last that it filters nothing', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const form = { title: 'Spiders', context: ['home'], action: 'hide', expires: 'never' }
  const refused = await alice.web.post('/settings/filters', { ...form, added: ' \r\n' })
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(/id="added-problem">This needs a word or phrase/)
  expect(await alice.filters()).toEqual([])
  await alice.web.post('/settings/filters', { ...form, added: 'spider' })
  const [filter] = await alice.filters()
  const path = `/settings/filters/${filter!.id}`
  expect((await alice.web.get(path)).html).not.toContain('it filters nothing')
  const [keyword] = filter!.keywords
  const id = keyword!.id
  await alice.web.post(path, { ...form, keyword_id: [id], [`keyword-${id}`]: 'spider', [`remove-${id}`]: '1' })
  expect((await alice.web.get(path)).html).toContain('it filters nothing')
  expect((await alice.web.get('/settings/filters')).html).toContain('it filters nothing')
})

test('one form makes a filter, and one changes, adds and removes its keywords', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  expect((await alice.web.get('/settings/filters')).html).toContain('You have no filters yet')
  const made = await alice.web.post('/settings/filters', {
    title: 'Spiders',
    context: ['home', 'thread'],
    action: 'hide',
    expires: '3600',
    added: 'spider\r\n\r\ncobweb\r\nspider',
    added_whole: '1',
  })
  const [filter] = await alice.filters()
  expect(made.location).toBe(`/settings/filters/${filter?.id}?saved=1`)
  expect(filter).toMatchObject({
    title: 'Spiders',
    contexts: ['home', 'thread'],
    action: 'hide',
    keywords: [
      { keyword: 'spider', isWholeWord: true },
      { keyword: 'cobweb', isWholeWord: true },
    ],
  })
  const [first, second] = filter!.keywords
  const { html } = await alice.web.get(`/settings/filters/${filter!.id}`)
  expect(html).toContain(`name="keyword-${first!.id}"`)
  await alice.web.post(`/settings/filters/${filter!.id}`, {
    title: 'Eight legs',
    context: ['home'],
    action: 'blur',
    expires: 'kept',
    keyword_id: [first!.id, second!.id],
    [`keyword-${first!.id}`]: 'spiders',
    [`keyword-${second!.id}`]: 'cobweb',
    [`remove-${second!.id}`]: '1',
    added: 'tarantula',
  })
  expect(await alice.filters()).toMatchObject([
    {
      title: 'Eight legs',
      contexts: ['home'],
      action: 'blur',
      expiresAt: filter!.expiresAt,
      keywords: [
        { id: first!.id, keyword: 'spiders', isWholeWord: false },
        { keyword: 'tarantula', isWholeWord: false },
      ],
    },
  ])
  await alice.web.post(`/settings/filters/${filter!.id}/delete`)
  expect(await alice.filters()).toEqual([])
})

test('a filter that can’t be is refused, keeps what was typed, and changes nothing', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const id = await t.db.transaction((tx) => createFilter(tx, alice.id, spiders))
  const before = await alice.filters()
  const good = { title: 'Spiders', context: ['home'], action: 'warn', expires: 'never', added: 'typed word' }
  for (const [wrong, reason] of [
    [{ title: ' ' }, 'Name of the filter can’t be blank'],
    [{ context: [] }, 'Choose at least one place'],
    [{ action: 'shout' }, 'none of the choices'],
    [{ expires: '7' }, 'none of the choices'],
    [{ added: 'x'.repeat(600) }, 'Keywords must have at most 512 characters each'],
    [{ added: Array.from({ length: 400 }, (_, i) => `word ${i}`).join('\n') }, '300'],
  ] as const) {
    for (const path of ['/settings/filters', `/settings/filters/${id}`]) {
      const fields = { ...good, ...wrong }
      const { status: code, html } = await alice.web.post(path, { ...fields, context: [...fields.context] })
      expect([path, code, html.includes(reason)]).toEqual([path, 422, true])
      expect(html).toContain('added' in wrong ? wrong.added.slice(0, 20) : 'typed word')
    }
  }
  expect(await alice.filters()).toEqual(before)
})

test('a post is added to a filter from its menu, and taken out on the filter’s page', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice.id, bob)
  const post = await status(t, bob, { text: 'The end of the film is' })
  expect((await alice.web.get('/')).html).toContain(`/statuses/${post}/filter`)
  expect((await alice.web.get(`/statuses/${post}/filter`)).html).toContain('The end of the film is')
  const nameless = await alice.web.post(`/statuses/${post}/filter`, { title: '' })
  expect([nameless.status, await alice.filters()]).toEqual([422, []])
  await alice.web.post(`/statuses/${post}/filter`, { title: 'Spoilers' })
  const [filter] = await alice.filters()
  const home = (await alice.web.get('/')).html
  expect(home).toContain('Filtered: Spoilers')
  expect(home).toContain(`href="/settings/filters/${filter!.id}"`)

  const other = await status(t, bob, { text: 'And then' })
  await alice.web.post(`/statuses/${other}/filter`, { filter: filter!.id })
  expect((await alice.filters())[0]?.statuses).toHaveLength(2)
  const [entry] = filter!.statuses
  expect((await alice.web.get(`/settings/filters/${filter!.id}`)).html).toContain('The end of the film is')
  await alice.web.post(`/settings/filters/${filter!.id}/posts/${entry!.id}/remove`)
  expect((await alice.filters())[0]?.statuses).toMatchObject([{ statusId: other }])

  const secret = await status(t, bob, { text: 'Not for you', visibility: 'private' })
  const carol = await loggedIn(t, 'carol')
  expect((await carol.web.get(`/statuses/${secret}/filter`)).status).toBe(404)
  expect((await carol.web.post(`/statuses/${secret}/filter`, { title: 'Mine' })).status).toBe(404)
  expect(await carol.filters()).toEqual([])
})

test('filters of others don’t exist for somebody, and visitors are led to log in', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const post = await status(t, alice.id, { text: 'Hello' })
  const id = await t.db.transaction(async (tx) => {
    const made = await createFilter(tx, bob.id, spiders)
    await addStatus(tx, bob.id, made, post)
    return made
  })
  const before = await bob.filters()
  const fields = { title: 'Mine', context: ['home'], action: 'warn', expires: 'never' }
  expect((await alice.web.get(`/settings/filters/${id}`)).status).toBe(404)
  for (const action of ['', '/delete', `/posts/${before[0]!.statuses[0]!.id}/remove`])
    expect((await alice.web.post(`/settings/filters/${id}${action}`, fields)).status).toBe(404)
  expect((await alice.web.post(`/statuses/${post}/filter`, { filter: id })).status).toBe(404)
  expect(await bob.filters()).toEqual(before)
  const guest = visitor(pages(t.app))
  for (const path of ['/settings/filters', '/settings/filters.json', `/statuses/${post}/filter`])
    expect((await guest.get(path)).location).toContain('/login')
})

const upload = (text: string, name = 'filters.csv') => ({ file: new File([text], name) })

test('filters go along in files of both kinds, and come back as they were', async () => {
  await using t = await database()
  const [alice, bob, carol] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob'), await loggedIn(t, 'carol')]
  await t.db.transaction(async (tx) => {
    await createFilter(tx, alice.id, spiders)
    await createFilter(tx, alice.id, {
      title: '=Sums, "quoted"',
      contexts: ['account'],
      action: 'hide',
      expiresAt: new Date('2030-01-01T00:00:00Z'),
      keywords: [{ keyword: '=1+1' }, { keyword: '-x, y' }],
    })
  })
  const stripped = async (who: typeof alice) =>
    (await who.filters()).map(({ title, contexts, action, expiresAt, keywords }) => ({
      title,
      contexts,
      action,
      expiresAt,
      keywords: keywords.map(({ keyword, isWholeWord }) => ({ keyword, isWholeWord })),
    }))
  const csv = await alice.web.get('/settings/filters.csv')
  expect(csv.headers.get('Content-Disposition')).toContain('filters.csv')
  const json = await alice.web.get('/settings/filters.json')
  for (const [who, file] of [
    [bob, csv],
    [carol, json],
  ] as const) {
    const done = await who.web.post('/settings/filters/import', upload(file.html))
    expect(done.html).toContain('Made 2 filters')
    expect(await stripped(who)).toEqual(await stripped(alice))
  }
  const again = await bob.web.post(
    '/settings/filters/import',
    upload('title,keyword\nSpiders,Spider\nSpiders,tarantula\n'),
  )
  expect(again.html).toContain('Added to 1 filter that was there. 1 keyword is new; 1 was there already.')
  expect((await bob.filters())[0]).toMatchObject({ contexts: ['home', 'public'], action: 'warn' })
})

test('a file with wrong lines is refused line by line, and changes nothing', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const table = [
    'title,keyword,whole_word,context,filter_action,expires_at',
    'Fine,word,true,home,warn,',
    ',word,true,home,warn,',
    'Fine,,true,home,warn,',
    'Fine,other,perhaps,home,warn,',
    'Fine,other,true,everywhere,warn,',
    'Fine,other,true,home,shout,',
    'Fine,other,true,home,warn,tomorrow-ish',
    'Fine,other,true,thread,warn,',
  ].join('\n')
  const refused = await alice.web.post('/settings/filters/import', upload(table))
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Nothing was changed')
  for (let line = 3; line <= 9; line += 1) expect(refused.html).toContain(`Line ${line}: `)
  expect(refused.html).not.toContain('Line 2: ')

  const entries = [{ title: 'Good' }, { title: 5 }, { title: 'Bad', keywords: [{ keyword: ' ' }] }, 'text']
  const json = await alice.web.post('/settings/filters/import', upload(JSON.stringify({ filters: entries })))
  expect([json.status, /Filter 2: [\s\S]*Filter 3: [\s\S]*Filter 4: /.test(json.html)]).toEqual([422, true])

  const many = `title,keyword\n${Array.from({ length: copyLimits.keywords + 1 }, (_, i) => `T${i % 9},word ${i}`).join('\n')}`
  // The core refuses the 301st keyword of one filter, after it has stored others.
  const crowded = `title,keyword\nFine,word\n${Array.from({ length: 301 }, (_, i) => `Crowded,word ${i}`).join('\n')}`
  for (const wrong of ['', '{', '[]', 'word\nother', many, crowded, `title,keyword\n${'x'.repeat(copyLimits.bytes)}`])
    expect((await alice.web.post('/settings/filters/import', upload(wrong))).status).toBe(422)
  expect((await alice.web.post('/settings/filters/import')).html).toContain('Choose a file')
  expect(await alice.filters()).toEqual([])
})
