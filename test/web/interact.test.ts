import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

const encoded = encodeURIComponent

test('a visitor from another site logs in, and returns to the requested post with its actions', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const carol = await remoteAccount(t, 'carol')
  const post = await remoteStatus(t, carol, { content: '<p>From afar</p>' })
  const asked: string[] = []
  t.remote.url = async (url) => {
    asked.push(url)
    return url.endsWith('/post')
      ? { type: 'status', id: post }
      : url.endsWith('/carol')
        ? { type: 'account', id: carol }
        : null
  }
  t.remote.account = async () => carol
  const alice = visitor(pages(t.app))
  const path = `/authorize_interaction?uri=${encoded('https://remote.test/post')}`
  expect(await alice.get(path)).toMatchObject({ status: 303, location: `/login?return_to=${encoded(path)}` })
  expect(asked).toEqual([])
  expect(await alice.post('/login', { login: 'alice', password, return_to: path })).toMatchObject({
    status: 303,
    location: path,
  })

  const shown = await alice.get(path)
  expect(shown.html).toContain('From afar')
  for (const verb of ['favourite', 'reblog', 'bookmark'])
    expect(shown.html).toContain(`action="/statuses/${post}/${verb}"`)
  expect(shown.html).toContain(`href="/compose?reply_to=${post}"`)
  for (const uri of ['https://remote.test/carol', 'acct:carol@remote.test', '@carol@remote.test'])
    expect((await alice.get(`/authorize_interaction?uri=${encoded(uri)}`)).html).toContain(
      `action="/accounts/${carol}/follow"`,
    )
  for (const uri of ['', 'https://remote.test/nothing', 'carol', 'javascript:1', t.app.uris.profile('nobody')])
    expect([uri, (await alice.get(`/authorize_interaction?uri=${encoded(uri)}`)).status]).toEqual([uri, 404])
})

test('a stored post is shown without a request, if the viewer may see it', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const [open, secret] = [
    await status(t, bob, { text: 'Open' }),
    await status(t, bob, { text: 'Secret', visibility: 'private' }),
  ]
  t.remote.url = async () => {
    throw new Error('Nobody is asked')
  }
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  const get = (uri: string) => alice.get(`/authorize_interaction?uri=${encoded(uri)}`)
  for (const uri of [t.app.uris.status(open), t.app.uris.statusPage('bob', open)])
    expect((await get(uri)).html).toContain('Open')
  for (const uri of [t.app.uris.account(bob), t.app.uris.profile('bob')])
    expect((await get(uri)).html).toContain(`action="/accounts/${bob}/follow"`)
  expect((await get(t.app.uris.status(secret))).status).toBe(404)
})

test('shared content of another site fills in a new post, or a reply', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const carol = await remoteAccount(t, 'carol')
  const post = await remoteStatus(t, carol)
  t.remote.url = async () => ({ type: 'status', id: post })
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  const typed = async (query: string) =>
    /<textarea id="text"[^>]*>([^<]*)</.exec((await alice.get(`/share?${query}`)).html)?.[1]
  expect(await typed(`title=A+title&text=Look+%3Cb%3E&url=${encoded('https://news.test/1')}`)).toBe(
    'A title\n\nLook &lt;b&gt;\n\nhttps://news.test/1',
  )
  expect(await typed('')).toBe('')
  expect(await typed(`text=Yes&reply_to=${encoded('https://remote.test/post')}`)).toBe('@carol@remote.test Yes')
  expect((await visitor(pages(t.app)).get('/share?text=x')).location).toBe(
    `/login?return_to=${encoded('/share?text=x')}`,
  )
})

test('visitors continue on their own server with the same account or post', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const secret = await status(t, alice, { visibility: 'private' })
  const asked: string[][] = []
  t.remote.interactionPage = async (...given) => {
    asked.push(given)
    return given[0] === 'home.test' ? `https://home.test/go?uri=${encoded(given[2])}` : null
  }
  const guest = visitor(pages(t.app))
  const { uris } = t.app
  expect((await guest.get('/@alice')).html).toContain(`href="/remote-interaction/accounts/${alice}"`)
  expect((await guest.get(`/@alice/${post}`)).html).toContain(
    `href="/remote-interaction/statuses/${post}?intent=boost"`,
  )

  const form = await guest.get(`/remote-interaction/statuses/${post}?intent=boost`)
  expect(form.html).toMatch(/<option value="boost" selected/)
  // Browsers would not follow the redirect otherwise.
  expect(form.headers.get('content-security-policy')).not.toContain('form-action')
  expect(
    await guest.post(`/remote-interaction/statuses/${post}`, { home: ' home.test ', intent: 'boost' }),
  ).toMatchObject({ status: 303, location: `https://home.test/go?uri=${encoded(uris.status(post))}` })
  expect(
    await guest.post(`/remote-interaction/accounts/${alice}`, { home: 'home.test', intent: 'boost' }),
  ).toMatchObject({ status: 303 })
  expect(asked).toEqual([
    ['home.test', 'boost', uris.status(post)],
    ['home.test', 'follow', uris.account(alice)],
  ])
  const wrong = await guest.post(`/remote-interaction/accounts/${alice}`, { home: '@me@other.test' })
  expect([
    wrong.status,
    wrong.html.includes('value="@me@other.test"'),
    wrong.html.includes('is no handle or server'),
  ]).toEqual([422, true, true])
  expect(
    (await guest.post(`/remote-interaction/accounts/${alice}`, { home: 'home.test', form_token: 'x' })).status,
  ).toBe(403)
  for (const path of [
    `/remote-interaction/statuses/${secret}`,
    '/remote-interaction/statuses/1',
    '/remote-interaction/accounts/x',
  ])
    expect((await guest.get(path)).status).toBe(404)

  await localAccount(t, 'bob')
  await guest.logIn('bob', password)
  expect((await guest.get(`/remote-interaction/accounts/${alice}`)).location).toBe('/@alice')
})
