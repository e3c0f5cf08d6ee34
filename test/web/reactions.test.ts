import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { mute } from '#src/relationships/mute.ts'
import { reactHere } from '#src/statuses/interactions/react-here.ts'
import { react } from '#src/statuses/interactions/react.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function stage(t: TestDatabase) {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob, { text: 'Look' })
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file, is_listed) values (1, 'blob', 'blob.webp', 'blob.png', true), (2, 'bread', 'bread.webp', 'bread.png', true), (3, 'secret', 'secret.webp', 'secret.png', false)`,
  )
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const emojis = async () => {
    const view = (await loadStatusView(t.db, alice, post))!
    return view.reactions.map(({ id, name }) => (view.reacted.includes(id) ? `${name}!` : name)).toSorted()
  }
  return { alice, bob, post, a, emojis, someone: visitor(pages(t.app)) }
}

test('one reacts from the menu of a post, by a page of emojis, and takes it back below the post', async () => {
  await using t = await database()
  const { post, a, emojis } = await stage(t)
  const path = `/statuses/${post}/react`
  expect((await a.get(`/@bob/${post}`)).html).toContain(`<a href="${path}">React</a>`)
  const choice = await a.get(path)
  expect(choice.status).toBe(200)
  expect(choice.html).toContain(`formaction="${path}?emoji=%F0%9F%8E%89" aria-pressed="false"`)
  expect(choice.html).toContain(`formaction="${path}?emoji=%3Ablob%3A"`)
  expect(choice.html).not.toContain('secret')
  const found = await a.get(`${path}?q=:BRE`)
  expect(found.html).toContain('%3Abread%3A')
  expect(found.html).not.toContain('%3Ablob%3A')
  expect((await a.get(`${path}?q=nothing`)).html).toContain('no emoji with this in its name')

  const back = { return_to: `/@bob/${post}` }
  expect((await a.post(`${path}?emoji=%F0%9F%8E%89`, back)).location).toBe(`/@bob/${post}#post-${post}`)
  await a.post(`${path}?emoji=%3Ablob%3A`, back)
  await a.post(path, { ...back, emoji: '🐱' })
  expect(await emojis()).toEqual(['blob!', '🎉!', '🐱!'])
  const { html } = await a.get(`/@bob/${post}`)
  expect(html).toContain(`formaction="/statuses/${post}/unreact?emoji=%3Ablob%3A" class="reaction" aria-pressed="true"`)
  await a.post(`/statuses/${post}/unreact?emoji=%3Ablob%3A`, back)
  expect(await emojis()).toEqual(['🎉!', '🐱!'])
})

test('a script gets the reactions and the buttons of the post, also where there was no reaction before', async () => {
  await using t = await database()
  const { post, a } = await stage(t)
  expect((await a.get(`/@bob/${post}`)).html).not.toContain(`data-part="r${post}"`)
  const part = { Accept: 'text/vnd.pipit.part' }
  const answer = await a.post(`/statuses/${post}/react?emoji=%F0%9F%8E%89`, {}, part)
  expect([answer.status, answer.html]).toEqual([200, expect.stringContaining(`data-part="r${post}"`)])
  expect(answer.html).toContain(`data-part="s${post}"`)
  expect(answer.html).toContain('aria-label="🎉 1 reaction"')
  expect((await a.post(`/statuses/${post}/unreact?emoji=%F0%9F%8E%89`, {}, part)).html).toContain(
    `<div data-part="r${post}"></div>`,
  )
})

test('what is no emoji is shown again with the reason, and changes nothing', async () => {
  await using t = await database()
  const { post, a, emojis } = await stage(t)
  for (const typed of ['two words', '🎉🎉', 'nosuch', '<b>']) {
    const { status: code, html } = await a.post(`/statuses/${post}/react`, { emoji: typed })
    expect([typed, code]).toEqual([typed, 422])
    expect(html).toContain('Any other emoji: this is no emoji that the server knows')
    expect(html).toContain(`value="${typed.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"`)
  }
  expect((await a.post(`/statuses/${post}/react?emoji=nosuch`)).status).toBe(422)
  expect(await emojis()).toEqual([])
})

test('visitors are led to log in, and posts that one can’t see, or may not favourite, take no reaction', async () => {
  await using t = await database()
  const { bob, post, a, someone } = await stage(t)
  const path = `/statuses/${post}/react`
  expect((await someone.get(path)).location).toBe(`/login?return_to=${encodeURIComponent(path)}`)
  expect((await someone.post(`${path}?emoji=%F0%9F%8E%89`)).location).toMatch(/^\/login/)
  const hidden = await status(t, bob, { visibility: 'direct' })
  expect((await a.get(`/statuses/${hidden}/react`)).status).toBe(404)
  expect((await a.post(`/statuses/${hidden}/react`, { emoji: '🎉' })).status).toBe(404)
  expect((await a.get(`/@bob/${hidden}/reactions`)).status).toBe(404)
  const far = await remoteAccount(t, 'far')
  const asking = await remoteStatus(t, far, { interactionPolicy: { like: { automatic: [], manual: ['public'] } } })
  const { html } = await a.get(`/statuses/${asking}/react`)
  expect(html).toContain('decides about each favourite')
  expect(html).not.toContain('Often used')
  expect((await a.get(`/@far@remote.test/${asking}`)).html).not.toContain('>React</a>')
  expect((await a.post(`/statuses/${asking}/react`, { emoji: '🎉' })).status).toBe(422)
})

test('a page shows who reacted, by emoji, without muted people; a longer list goes on for one emoji', async () => {
  await using t = await database()
  const { alice, post, a, someone } = await stage(t)
  expect((await someone.get(`/@bob/${post}/reactions`)).html).toContain('Nobody has reacted')
  await t.db.transaction((tx) => reactHere(tx, alice, post, '🎉'))
  for (let i = 0; i < 25; i++) {
    const far = await remoteAccount(t, `far${i}`)
    await t.db.transaction((tx) => react(tx, far, post, { type: 'unicode', name: '🎉' }))
  }
  const loud = await remoteAccount(t, 'loud')
  await t.db.transaction((tx) =>
    react(tx, loud, post, { type: 'custom', name: 'b.2', url: 'https://remote.test/b.png' }),
  )
  const { html } = await a.get(`/@bob/${post}/reactions`)
  expect(html).toContain('🎉 26 reactions')
  expect(html).toMatch(/title=":b\.2@remote\.test:"><img class="emoji"/)
  expect(html).toContain('@loud@remote.test')
  expect(html.match(/<article class="person"/g)).toHaveLength(11)
  expect((await a.get(`/@wrong/${post}/reactions`)).location).toBe(`/@bob/${post}/reactions`)

  const ofOne = `/@bob/${post}/reactions?emoji=%F0%9F%8E%89`
  expect(html).toContain(`href="${ofOne}"`)
  const first = await someone.get(ofOne)
  expect(first.html.match(/<article class="person"/g)).toHaveLength(20)
  const next = /href="([^"]*max_id=\d+)" rel="next"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const second = await someone.get(next)
  expect(second.html.match(/<article class="person"/g)).toHaveLength(6)
  expect(second.html).toContain('@alice')
  expect((await someone.get(`/@bob/${post}/reactions?emoji=%F0%9F%90%B1`)).status).toBe(404)

  await t.db.transaction((tx) => mute(tx, alice, loud))
  const muted = await a.get(`/@bob/${post}/reactions`)
  expect(muted.html).not.toContain('@loud@remote.test')
  expect(muted.html).toContain('you muted or blocked them')
})
