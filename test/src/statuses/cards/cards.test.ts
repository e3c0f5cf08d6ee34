import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { CardId, StatusId } from '#src/platform/ids.ts'
import { linkTimeline } from '#src/reading/timelines/link.ts'
import { decodePage } from '#src/statuses/cards/charset.ts'
import { fetchCard, removeUnusedCards } from '#src/statuses/cards/fetch.ts'
import { readPage } from '#src/statuses/cards/page.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../../../cast.ts'
import { database, type TestDatabase } from '../../../database.ts'

type Answer = { type: string; body: string | Buffer; status?: number; headers?: Record<string, string> }

/** A web site on a loopback port. */
async function site(pages: Record<string, Answer>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const page = pages[request.url ?? '']
    response
      .writeHead(page ? (page.status ?? 200) : 404, { 'content-type': page?.type ?? 'text/plain', ...page?.headers })
      .end(page?.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const loopback = { ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }
const html = (body: string): Answer => ({ type: 'text/html; charset=utf-8', body })
const cardOf = async (t: TestDatabase, id: StatusId) => (await loadStatusView(t.db, null, id))?.card ?? null

async function fetchAll(t: TestDatabase): Promise<void> {
  for (const { cardId } of await t.jobPayloads('card')) await fetchCard(t.app, cardId)
}

const article = `<!doctype html><html lang="en-GB"><head><title>No</title>
  <meta property="og:title" content="Birds &amp; bees"><meta property="og:description" content="All about &lt;them&gt;">
  <meta property="og:site_name" content="The Daily Wren"><meta property="og:image" content="/wren.png"><meta property="og:image:alt" content="A wren">
  <meta name="author" content="Jenny"><meta property="article:published_time" content="2026-01-02T03:04:05Z"><meta name="fediverse:creator" content="@alice@pipit.test"></head>`

test('a linked page gets a preview, which is fetched once for all posts with this link', async () => {
  await using t = await database(loopback)
  const picture = await sharp({ create: { width: 1200, height: 600, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  await using web = await site({ '/birds': html(article), '/wren.png': { type: 'image/png', body: picture } })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const first = await status(t, alice, { text: `#birds ${web.origin}/birds#wing` })
  const second = await status(t, bob, { text: `@alice also ${web.origin}/birds` })
  expect(await cardOf(t, first)).toBeNull()
  expect(await t.jobPayloads('card')).toHaveLength(1)

  await fetchAll(t)
  const card = await cardOf(t, first)
  expect(card).toMatchObject({
    url: `${web.origin}/birds`,
    type: 'link',
    title: 'Birds & bees',
    description: 'All about <them>',
    language: 'en',
    providerName: 'The Daily Wren',
    providerUrl: web.origin,
    authorName: 'Jenny',
    imageDescription: 'A wren',
    publishedAt: new Date('2026-01-02T03:04:05Z'),
    // The page names her, but she does not know the page.
    author: null,
  })
  expect(card?.blurhash).toMatch(/^.{6,}$/)
  expect((card?.width ?? 0) / (card?.height ?? 1)).toBe(2)
  expect(await t.app.storage.get(card?.imageFile ?? '')).not.toBeNull()
  expect((await cardOf(t, second))?.id).toBe(card?.id)

  await t.db.execute(sql`update accounts set attribution_domains = '{0.0.1}' where id = ${alice}`)
  Object.assign(t.remote, { account: async () => alice })
  await fetchAll(t)
  expect((await cardOf(t, first))?.author?.id).toBe(alice)

  for (const [author, id] of [
    [alice, first],
    [bob, second],
  ] as const)
    await t.db.transaction((tx) => deleteStatus(tx, author, id))
  expect(await t.db.transaction((tx) => removeUnusedCards(tx, 10))).toBe(0)
  await t.db.execute(sql`update cards set fetched_at = now() - interval '8 days'`)
  expect(await t.db.transaction((tx) => removeUnusedCards(tx, 10))).toBe(1)
  expect(await t.jobPayloads('delete-files')).not.toEqual([])
})

test('unused previews are found by their age, whether their page was fetched or not', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into cards (id, url, fetched_at, created_at) select n, 'https://page.test/' || n, case n % 2 when 0 then now() - make_interval(days => n) end, now() - make_interval(days => n) from generate_series(1, 12) n`,
  )
  await t.db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`)
    expect(await removeUnusedCards(tx, 2)).toBe(2)
    expect(await removeUnusedCards(tx, 10)).toBe(4)
    const { rows } = await tx.execute<{ scans: number }>(
      sql`select pg_stat_get_xact_numscans('cards_fetched_at'::regclass)::int as scans`,
    )
    expect(rows[0]?.scans).toBeGreaterThan(0)
  })
  const { rows } = await t.db.execute<{ ids: number[] }>(sql`select array_agg(id::int order by id) as ids from cards`)
  expect(rows[0]?.ids).toEqual([1, 2, 3, 4, 5, 6])
})

test('links of mentions, hashtags, posts and people get no preview, and neither do posts with files', async () => {
  await using t = await database(loopback)
  const alice = await localAccount(t, 'alice')
  const bob = await remoteAccount(t, 'bob')
  const post = await status(t, alice)
  const foreign = await remoteStatus(t, bob)
  const { rows } = await t.db.execute<{ url: string }>(sql`select url from statuses where id = ${foreign}`)
  await status(t, alice, {
    text: `@bob@remote.test #tag https://pipit.test/@alice/${post} https://remote.test/@bob ${rows[0]?.url}`,
  })
  const file = {
    kind: 'image',
    mediaType: 'image/png',
    url: 'https://remote.test/1.png',
    description: '',
    width: null,
    height: null,
    blurhash: null,
    focus: { x: 0, y: 0 },
  } as const
  await remoteStatus(t, bob, { content: '<a href="https://page.test/">page</a>', media: [file] })
  await remoteStatus(t, bob, {
    content:
      '<a class="u-url mention" href="https://a.test/@x">@x</a> <a href="https://a.test/tags/x" rel="tag">#x</a>',
  })
  expect(await t.jobPayloads('card')).toEqual([])

  await remoteStatus(t, bob, { content: '<a href="https://page.test/">page</a>' })
  const { rows: jobs } = await t.db.execute<{ waits: boolean }>(
    sql`select run_at <= now() + interval '61 seconds' as waits from graphile_worker.jobs where task_identifier = 'card'`,
  )
  expect(jobs).toEqual([{ waits: true }])
})

test('a page without a preview is recorded, and not fetched again for a while', async () => {
  await using t = await database(loopback)
  const endless = `<title>Long</title>${'<p>x</p>'.repeat(300_000)}`
  await using web = await site({
    '/file': { type: 'application/pdf', body: '<title>No</title>' },
    '/gone': { ...html('<title>Gone</title>'), status: 410 },
    '/nameless': html('<p>Nothing</p>'),
    '/there': { type: 'text/html', body: '', status: 302, headers: { location: '/long' } },
    '/long': html(endless),
  })
  const alice = await localAccount(t, 'alice')
  const link = (path: string) => status(t, alice, { text: web.origin + path })
  const ids = [
    await link('/file'),
    await link('/gone'),
    await link('/nameless'),
    await link('/missing'),
    await link('/there'),
  ]
  await fetchAll(t)
  expect(await Promise.all(ids.map(async (id) => (await cardOf(t, id))?.title))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'Long',
  ])

  await link('/gone')
  expect(await t.jobPayloads('card')).toHaveLength(5)
  await t.db.execute(sql`update cards set fetched_at = now() - interval '2 days'`)
  await t.db.execute(sql`delete from graphile_worker._private_jobs`)
  await link('/gone')
  await link('/there')
  expect(await t.jobPayloads('card')).toHaveLength(1)
})

test('cards of private addresses are not fetched', async () => {
  await using t = await database()
  await using web = await site({ '/': html('<title>Router</title>') })
  const alice = await localAccount(t, 'alice')
  const ids = [
    await status(t, alice, { text: `${web.origin}/` }),
    await status(t, alice, { text: 'https://pipit.test/about' }),
  ]
  await fetchAll(t)
  expect(await Promise.all(ids.map((id) => cardOf(t, id)))).toEqual([null, null])
  expect(web.asked).toEqual([])
})

test('pages in many encodings and with all kinds of metadata are read', async () => {
  const base = 'https://page.test/a/b'
  expect(
    decodePage(Buffer.from('<meta charset="iso-8859-1"><title>Gr\xfc\xdfe</title>', 'latin1'), 'text/html'),
  ).toContain('Grüße')
  expect(decodePage(Buffer.from('Gr\xfc\xdfe', 'latin1'), 'text/html; charset=windows-1252')).toBe('Grüße')
  expect(decodePage(Buffer.from('ok'), 'text/html; charset=made-up')).toBe('ok')

  const data = {
    '@graph': [
      { '@type': 'WebSite', name: 'x' },
      {
        '@type': 'NewsArticle',
        headline: 'Head',
        author: [{ name: 'Ann', url: '/ann' }],
        image: { url: '//img.test/1.png' },
        datePublished: 'never',
      },
    ],
  }
  const facts = readPage(
    `<title>T</title><script type="application/ld+json">${JSON.stringify(data)}</script><link rel="alternate" type="application/json+oembed" href="../oembed?x=1&amp;y=2">`,
    base,
  )
  expect(facts).toMatchObject({
    title: 'Head',
    authorName: 'Ann',
    authorUrl: 'https://page.test/ann',
    imageUrl: 'https://img.test/1.png',
    publishedAt: null,
    oembedUrl: 'https://page.test/oembed?x=1&y=2',
  })
  const odd = readPage(
    '<meta property="og:image" content="javascript:alert(1)"><meta property="article:author" content="https://page.test/~me"><title>\u202eevil  one</title><script type="application/ld+json">{</script>',
    base,
  )
  expect(odd).toMatchObject({ title: 'evil one', imageUrl: null, authorUrl: 'https://page.test/~me', authorName: '' })
})

test('oEmbed adds the fields that a page lacks', async () => {
  await using t = await database(loopback)
  const picture = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  const embed = {
    type: 'photo',
    title: 'A photo',
    author_name: 'Ann',
    author_url: 'https://photos.test/ann',
    provider_name: 'Photos',
    html: '<script>',
  }
  const pages: Record<string, Answer> = {
    '/p': html('<link type="application/json+oembed" href="/oembed">'),
    '/p.jpg': { type: 'image/jpeg', body: picture },
  }
  await using web = await site(pages)
  pages['/oembed'] = { type: 'application/json', body: JSON.stringify({ ...embed, url: `${web.origin}/p.jpg` }) }
  const id = await status(t, await localAccount(t, 'alice'), { text: `${web.origin}/p` })
  await fetchAll(t)
  expect(await cardOf(t, id)).toMatchObject({
    type: 'photo',
    title: 'A photo',
    authorName: 'Ann',
    providerName: 'Photos',
    width: 30,
    height: 20,
  })
})

test('the public posts with a trending link are a timeline', async () => {
  await using t = await database(loopback)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const url = 'https://page.test/news'
  const ids = [
    await status(t, alice, { text: url }),
    await status(t, alice, { text: url, visibility: 'unlisted' }),
    await status(t, bob, { text: url }),
  ]
  await expect(linkTimeline(t.db, null, url, { limit: 20 })).rejects.toMatchObject({ code: 'not_found' })
  const { rows } = await t.db.execute<{ id: CardId }>(sql`select id from cards`)
  await t.db.execute(sql`insert into trending_cards (card_id, score, is_allowed) values (${rows[0]?.id}, 1, true)`)
  expect(await linkTimeline(t.db, null, url, { limit: 20 })).toEqual([ids[2], ids[0]])
  expect(await linkTimeline(t.db, alice, url, { limit: 20, maxId: ids[2] })).toEqual([ids[0]])
  await t.db.execute(sql`update accounts set is_discoverable = false where id = ${bob}`)
  expect(await linkTimeline(t.db, null, url, { limit: 20 })).toEqual([ids[0]])
})
