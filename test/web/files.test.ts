/** Files of posts on the website: their boxes, their pages, and the grid of an account's files. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { storeUpload } from '#src/media/upload.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { RemoteMedia } from '#src/statuses/receive/remote-status.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { png } from '../media.ts'
import { visitor } from './visitor.ts'

type Details = { description?: string; focus?: { x: number; y: number }; size?: [number, number] }

async function picture(t: TestDatabase, owner: AccountId, { size = [40, 30], ...details }: Details = {}) {
  const path = join(t.app.config.dataDir, crypto.randomUUID())
  await writeFile(path, await png(...size))
  return storeUpload(t.app, owner, { path, ...details })
}

const blurhash = 'LEHV6nWB2yk8pyo0adR*.7kCMdnj'
const remotePicture = (name: string, more: Partial<RemoteMedia> = {}): RemoteMedia => ({
  kind: 'image',
  mediaType: 'image/jpeg',
  url: `https://remote.test/${name}.jpg`,
  description: `It shows ${name}`,
  width: 1600,
  height: 1200,
  blurhash,
  focus: { x: 0, y: 0 },
  ...more,
})

async function loggedIn(t: TestDatabase, name: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(name, password)
  return browser
}

test('a picture has a page with its description as text, its author, its file, and ways to the others and back', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const files = [
    await picture(t, alice, { description: 'A <square>' }),
    await picture(t, alice),
    await picture(t, alice),
  ]
  const post = await status(t, alice, { mediaIds: files })
  const someone = visitor(pages(t.app))
  const path = `/@alice/${post}`
  const first = await someone.get(`${path}/media/1`)
  expect(first.status).toBe(200)
  expect(first.html).toContain('<h1>Picture 1 of 3</h1>')
  expect(first.html).toMatch(/<figcaption class="file-words"[^>]*>A &lt;square&gt;<\/figcaption>/)
  expect(first.html).toMatch(
    /<a href="\/media\/[0-9a-f]+\.webp" class="file-open"><img src="\/media\/[0-9a-f]+\.webp" alt="A &lt;square&gt;"/,
  )
  expect(first.html).toMatch(/By <a href="\/@alice">.*<time datetime=/)
  expect(first.html).not.toContain('rel="prev"')
  expect(first.html).toContain(`<a href="${path}/media/2" rel="next"`)
  expect(first.html).toContain(`<a href="${path}" class="file-way file-back"`)
  const { html } = await someone.get(`${path}/media/2`)
  expect(html).toContain(`<a href="${path}/media/1" rel="prev"`)
  expect(html).toContain(`<a href="${path}/media/3" rel="next"`)
  expect((await someone.get(`${path}/media/3`)).html).not.toContain('rel="next"')
  for (const n of ['0', '4', '01', '100', 'x'])
    expect([n, (await someone.get(`${path}/media/${n}`)).status]).toEqual([n, 404])
  expect((await someone.get(`/@bob/${post}/media/1`)).location).toBe(`${path}/media/1`)
  expect(first.headers.get('Vary')).toContain('Cookie, Accept, Accept-Language')
  expect(first.html).toContain('src="/static/files.js')

  const part = await someone.get(`${path}/media/1`, { Accept: 'text/vnd.pipit.part' })
  expect(part.html).toMatch(/^<section class="file-view" aria-label="Picture 1 of 3">/)
})

test('who may not see a post gets no page of its files', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await makeFollow(t, await localAccount(t, 'fan'), alice)
  await localAccount(t, 'stranger')
  const post = await status(t, alice, { visibility: 'private', mediaIds: [await picture(t, alice)] })
  const path = `/@alice/${post}/media/1`
  expect((await visitor(pages(t.app)).get(path)).status).toBe(404)
  const stranger = await loggedIn(t, 'stranger')
  expect((await stranger.get(path)).status).toBe(404)
  expect((await stranger.get(path, { Accept: 'text/vnd.pipit.part' })).status).toBe(404)
  expect((await stranger.get('/@alice/media')).html).not.toContain(path)
  const fan = await loggedIn(t, 'fan')
  expect((await fan.get(path)).status).toBe(200)
  expect((await fan.get(path)).headers.get('Cache-Control')).toBe('private, no-store')
  await t.db.execute(sql`update statuses set deleted_at = now() where id = ${post}`)
  expect((await fan.get(path)).status).toBe(404)
})

test('a sensitive file stays behind its warning on its page and in the grid, with its description', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const sensitive = await status(t, alice, {
    isSensitive: true,
    mediaIds: [await picture(t, alice, { description: 'A spider' })],
  })
  const warned = await status(t, alice, {
    spoilerText: 'Beware',
    mediaIds: [await picture(t, alice, { description: 'A wasp' })],
  })
  const someone = visitor(pages(t.app))
  const closed = (words: string) =>
    new RegExp(
      `<details class="warning"><summary><span class="warning-text">(?:<span[^>]*>)?${words}.*<figure class="file-figure"`,
      's',
    )
  expect((await someone.get(`/@alice/${sensitive}/media/1`)).html).toMatch(closed('Sensitive media'))
  expect((await someone.get(`/@alice/${warned}/media/1`)).html).toMatch(closed('Beware'))
  const grid = /<ul class="thumbs">.*<\/ul>/s.exec((await someone.get('/@alice/media')).html)?.[0]
  expect(grid).toContain(`<a href="/@alice/${sensitive}/media/1" class="media-link" data-viewer="" data-veiled=""`)
  expect(grid).not.toMatch(/<img|spider|wasp/)
  // Who wants to see all files is still warned of what the author warned of.
  await t.db.execute(sql`update users set media_display = 'show_all'`)
  const own = await loggedIn(t, 'alice')
  const opened = (await own.get('/@alice/media')).html
  expect(opened).toContain('alt="A spider"')
  expect(opened).not.toContain('A wasp')
})

test('a thumbnail leads to the file’s page, keeps its focal point, and offers both sizes with the colour behind', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const id = await picture(t, alice, { size: [1600, 900], focus: { x: 0.82, y: -1 }, description: 'A field' })
  const post = await status(t, alice, { mediaIds: [id] })
  const { html } = await visitor(pages(t.app)).get('/@alice')
  expect(html).toContain('<div class="media-box focus-x-9 focus-y-10')
  expect(html).toMatch(
    /<svg class="media-ground"[^>]*width="910" height="512"[^>]*><rect width="100%" height="100%" fill="#[0-9a-f]{6}"/,
  )
  expect(html).toContain(`<a href="/@alice/${post}/media/1" class="media-link"`)
  expect(html).toMatch(
    /<img src="(\/media\/[0-9a-f]+\.webp)" alt="A field"[^>]*srcset="\1 640w, \/media\/[0-9a-f]+\.webp 1600w"[^>]* width="1600" height="900"/,
  )
  expect(html).not.toMatch(/ style=/)
})

test('descriptions open by a mark without scripts, and only authors read that one is missing', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const post = await status(t, alice, {
    mediaIds: [await picture(t, alice, { description: 'A field' }), await picture(t, alice)],
  })
  const mark = `<a href="/statuses/${post}/edit" class="media-sign"><span class="media-mark media-mark-warm">No description`
  const own = await (await loggedIn(t, 'alice')).get('/@alice')
  expect(own.html).toMatch(
    /<details class="media-alt"><summary>.*?ALT.*?<\/summary><p dir="auto" tabindex="0">A field<\/p>/,
  )
  expect(own.html.split(mark)).toHaveLength(2)
  expect((await (await loggedIn(t, 'bob')).get('/@alice')).html).not.toContain('No description')
})

test('panoramas and very tall pictures are cut to bounds, and say so; others are whole', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const someone = visitor(pages(t.app))
  for (const [size, shown, mark] of [
    [[1000, 100], '1000" height="333', 'Panorama'],
    [[100, 1000], '100" height="238', 'Tall'],
    [[100, 200], '100" height="200', null],
  ] as const) {
    const post = await status(t, alice, { mediaIds: [await picture(t, alice, { size: [...size] })] })
    const { html } = await someone.get(`/@alice/${post}`)
    expect(html).toContain(`width="${shown}"`)
    expect(/<span class="media-mark">([^<]*)<\/span>/.exec(html)?.[1] ?? null).toBe(mark)
  }
})

test('a post shows four files, and the last of them says how many more there are', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const media = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => remotePicture(name))
  const post = await remoteStatus(t, carol, { media })
  const someone = visitor(pages(t.app))
  const { html } = await someone.get(`/@carol@remote.test/${post}`)
  expect(html).toContain('<div class="media media-4"')
  expect(html.match(/<img src="[^"]*\/small\/[^"]*" alt="It shows \w"/g)).toHaveLength(4)
  expect(html).toMatch(/<span aria-hidden="true">\+3<\/span><span class="unseen">and 3 more files<\/span>/)
  expect((await someone.get(`/@carol@remote.test/${post}/media/7`)).html).toContain('<h1>Picture 7 of 7</h1>')
})

test('films wait for a click, moving pictures for the mouse or a script that the person allowed, sounds have their cover, and each has a way to its page', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const still = 'https://remote.test/still.jpg'
  const post = await remoteStatus(t, carol, {
    media: [
      remotePicture('dance', { kind: 'gifv', mediaType: 'video/mp4', previewUrl: still }),
      remotePicture('song', { kind: 'audio', mediaType: 'audio/mpeg', previewUrl: still }),
    ],
  })
  const path = `/@carol@remote.test/${post}`
  const { html } = await visitor(pages(t.app)).get(path)
  expect(html).toMatch(
    /<video[^>]* loop=""[^>]* muted=""[^>]* aria-label="It shows dance" poster="[^"]*\/small\/[^"]*" preload="none"/,
  )
  // Only a script knows whether the device asks for less motion.
  expect(html).not.toContain('autoplay')
  expect(html).toContain('data-loop="hover"')
  const alice = await localAccount(t, 'alice')
  await t.db.transaction((tx) => savePreferences(tx, alice, { autoplaysLoops: true }))
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  expect((await a.get(path)).html).toContain('data-loop="auto"')
  expect(html).toContain('<span class="media-mark">GIF</span>')
  expect(html).toMatch(
    /<img class="media-cover" src="[^"]*\/small\/[^"]*" alt=""[^>]*><audio[^>]* aria-label="It shows song"/,
  )
  for (const n of [1, 2]) expect(html).toContain(`<a href="${path}/media/${n}" class="media-sign" data-viewer=""`)
})

test('a remote file says where it comes from, and has a line for when it can’t be loaded', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const post = await remoteStatus(t, carol, {
    media: [remotePicture('mill'), remotePicture('document', { kind: 'unknown' })],
  })
  const path = `/@carol@remote.test/${post}`
  const someone = visitor(pages(t.app))
  const line =
    /<p class="media-missing" hidden="">.*can’t be shown here\. <a href="https:\/\/remote\.test\/mill\.jpg"[^>]*>See it on <bdi>remote\.test<\/bdi><\/a>/
  expect((await someone.get(path)).html).toMatch(line)
  const page = (await someone.get(`${path}/media/1`)).html
  expect(page).toMatch(line)
  expect(page).toMatch(/<a href="https:\/\/remote\.test\/mill\.jpg"[^>]*>Original on <bdi>remote\.test<\/bdi>/)
  expect(page).toMatch(/<a href="https:\/\/remote\.test\/statuses\/[^"]*"[^>]*>Post on <bdi>remote\.test<\/bdi>/)
  expect((await someone.get(`${path}/media/2`)).html).toContain('<h1>File 2 of 2</h1>')
})

test('the media tab shows each file once, with its description as name, a page at a time', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const several = await status(t, alice, {
    mediaIds: [await picture(t, alice, { description: 'North' }), await picture(t, alice, { description: 'South' })],
  })
  for (let i = 0; i < 20; i++)
    await status(t, alice, { mediaIds: [await picture(t, alice, { description: `View ${i}` })] })
  const someone = visitor(pages(t.app))
  const first = await someone.get('/@alice/media')
  expect(first.html.match(/<li class="media-box[^"]*"/g)).toHaveLength(20)
  expect(first.html).toContain('alt="View 19"')
  expect(first.html).not.toContain('alt="North"')
  const next = /<a href="(\/@alice\/media\?max_id=\d+)" rel="next"/.exec(first.html)?.[1] ?? ''
  const second = await someone.get(next)
  expect(second.html).toMatch(
    new RegExp(`<a href="/@alice/${several}/media/2" class="media-link"[^>]*><img[^>]* alt="South"`),
  )
  await localAccount(t, 'empty')
  expect((await someone.get('/@empty/media')).html).toContain('<div class="empty">')
})

test('a quoted post shows its pictures, behind the same warnings', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const open = await status(t, alice, { mediaIds: [await picture(t, alice, { description: 'A hill' })] })
  const closed = await status(t, alice, {
    isSensitive: true,
    mediaIds: [await picture(t, alice, { description: 'A cliff' })],
  })
  await status(t, bob, { text: 'Look', quotedStatusId: open })
  await status(t, bob, { text: 'And this', quotedStatusId: closed })
  const { html } = await visitor(pages(t.app)).get('/@bob')
  const quotes = html.match(/<blockquote class="quote".*?<\/blockquote>/gs)
  expect(quotes?.[1]).toMatch(
    new RegExp(`<div class="media media-1 media-quoted".*href="/@alice/${open}/media/1".*alt="A hill"`, 's'),
  )
  expect(quotes?.[0]).toMatch(/<details class="warning">.*Sensitive media.*alt="A cliff"/s)
})

test('a long post is folded in lists, with a link to the whole, and is whole on its own page', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const long = await remoteStatus(t, carol, {
    content: `<p>${'Many words, one after the other. '.repeat(80)}</p><p>The end</p>`,
  })
  await remoteStatus(t, carol, { content: '<p>Few words</p>' })
  const someone = visitor(pages(t.app))
  const link = `<a href="/@carol@remote.test/${long}" class="fold-more">Show whole post</a>`
  const list = (await someone.get('/@carol@remote.test')).html
  expect(list.match(/class="fold"/g)).toHaveLength(1)
  expect(list).toMatch(/<div class="fold"><div class="prose"[^>]*>.*The end<\/p><\/div>/s)
  expect(list).toContain(link)
  const page = (await someone.get(`/@carol@remote.test/${long}`)).html
  expect(page).toContain('The end')
  expect(page).not.toContain('class="fold"')
})
