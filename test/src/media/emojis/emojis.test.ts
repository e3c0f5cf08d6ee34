import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import { addEmoji, listEmojis, removeEmoji } from '#src/media/emojis/manage.ts'
import { receiveEmojis } from '#src/media/emojis/receive.ts'
import { emojisNamed, loadEmojiViews } from '#src/media/emojis/views.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { replaceShortcodes, shortcodesIn } from '#src/text/shortcodes.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { animation, photo, png } from '#test/media.ts'

test('a shortcode is a name between two colons', () => {
  expect(shortcodesIn('<p>:a: and :blob_cat:, (:c3:) :a: again</p>')).toEqual(['a', 'blob_cat', 'c3'])
  for (const none of [
    '12:30:45',
    'https://a.test:8080/x:y',
    ':not this:',
    '::',
    'x:y:z',
    'fe80::1:2:3',
    '2001:db8:1f:2',
    'at 12:30: come',
    ':ünïcode:',
    `:${'x'.repeat(65)}:`,
  ])
    expect([none, shortcodesIn(none)]).toEqual([none, []])
})

test('emojis may follow each other and words, and have every name that other servers allow', () => {
  const known = new Map(['aa', 'bb', 'blob-cat', 'v1.2', 'c++', '100', '30', 'cat'].map((name) => [name, `[${name}]`]))
  const shown = (text: string) => replaceShortcodes(text, (name) => known.get(name))
  const cases = [
    [':aa::bb:', '[aa][bb]'],
    ['wow:aa:', 'wow[aa]'],
    [':aa:wow', '[aa]wow'],
    ['so:cat:so', 'so[cat]so'],
    [':blob-cat: :v1.2: :c++:', '[blob-cat] [v1.2] [c++]'],
    [':100::100:', '[100][100]'],
    [':aa:bb:', '[aa]bb:'],
    [':no:aa:', ':no[aa]'],
    [':unknown:', ':unknown:'],
    ['12:30:45', '12:30:45'],
    ['12:30: yes', '12:30: yes'],
    ['x:aa:y', 'x:aa:y'],
    ['https://a.test/:cat:/b :cat:', 'https://a.test/:cat:/b [cat]'],
    ['a https://a.test:30:cat:', 'a https://a.test:30:cat:'],
  ]
  for (const [text, expected] of cases) expect([text, shown(text!)]).toEqual([text, expected])
  expect(shortcodesIn(':aa::bb: :aa:')).toEqual(['aa', 'bb'])
})

test('an emoji is scaled down, keeps its animation, and gets a still', async () => {
  await using t = await database()
  const moving = await addEmoji(t.app, { shortcode: 'party', image: await animation('gif', 200), category: 'Fun' })
  const read = async (name: string | null) =>
    Buffer.concat(await (await (await t.app.storage.get(name ?? ''))!.read()).toArray())
  expect(await sharp(await read(moving.file)).metadata()).toMatchObject({ format: 'webp', pages: 3, width: 128 })
  expect(await sharp(await read(moving.staticFile)).metadata()).toMatchObject({
    format: 'png',
    width: 128,
    height: 128,
  })

  const again = await addEmoji(t.app, { shortcode: 'party', image: await png(), isListed: false })
  expect(await listEmojis(t.db)).toEqual([again])
  expect(await t.jobPayloads('delete-files')).toEqual([{ files: [moving.file, moving.staticFile] }])
  await t.db.transaction((tx) => removeEmoji(tx, 'party'))
  expect(await listEmojis(t.db)).toEqual([])
  await expect(t.db.transaction((tx) => removeEmoji(tx, 'party'))).rejects.toMatchObject({ code: 'not_found' })
})

test('only small pictures with a valid name become emojis', async () => {
  await using t = await database()
  const refused = { code: 'invalid' }
  for (const shortcode of ['x', 'with space', 'ünicode', ''])
    await expect(addEmoji(t.app, { shortcode, image: await png() })).rejects.toMatchObject(refused)
  for (const image of [await photo(), Buffer.alloc(300_000), Buffer.from('<svg/>')])
    await expect(addEmoji(t.app, { shortcode: 'fine', image })).rejects.toMatchObject(refused)
  expect(await listEmojis(t.db)).toEqual([])
})

test('a shortcode means the emoji of the author’s server', async () => {
  await using t = await database()
  const [alice, carol, dora] = [
    await localAccount(t, 'alice'),
    await remoteAccount(t, 'carol'),
    await remoteAccount(t, 'dora', 'other.test'),
  ]
  await addEmoji(t.app, { shortcode: 'cat', image: await png() })
  const emojis = [{ shortcode: 'cat', url: 'https://remote.test/cat.png' }]
  const [ours, theirs, others] = [
    await status(t, alice, { text: 'A :cat:' }),
    await remoteStatus(t, carol, { content: '<p>:cat: :dog:</p>', emojis }),
    await remoteStatus(t, dora, { content: '<p>:cat:</p>' }),
  ]
  const named = async (id: typeof ours) =>
    (await loadStatusView(t.db, null, id))?.emojis.map(({ shortcode, remoteUrl }) => [shortcode, remoteUrl])
  expect(await named(ours)).toEqual([['cat', null]])
  expect(await named(theirs)).toEqual([['cat', 'https://remote.test/cat.png']])
  expect(await named(others)).toEqual([])
  expect(await emojisNamed(t.db, 'remote.test', ['cat', 'dog'])).toHaveLength(1)

  // A server may change its picture, also while many posts come at once.
  await Promise.all(
    ['b', 'a', 'b'].map((name) =>
      t.db.transaction((tx) =>
        receiveEmojis(tx, 'remote.test', [
          { shortcode: 'cat', url: `https://remote.test/${name}.png` },
          { shortcode: 'dog', url: 'https://remote.test/dog.png' },
        ]),
      ),
    ),
  )
  expect(await named(theirs)).toEqual([
    ['cat', expect.stringMatching(/[ab]\.png$/)],
    ['dog', 'https://remote.test/dog.png'],
  ])
  await t.db.execute(sql`update accounts set display_name = 'Carol :dog:' where id = ${carol}`)
  expect((await loadAccountViews(t.db, [carol]))[0]?.emojis.map(({ shortcode }) => shortcode)).toEqual(['dog'])
})

/** How often the whole table was read. */
async function scans(t: TestDatabase): Promise<string | undefined> {
  await t.db.execute(sql`select pg_stat_force_next_flush()`)
  const { rows } = await t.db.execute<{ scans: string }>(
    sql`select seq_scan as scans from pg_stat_user_tables where relname = 'custom_emojis'`,
  )
  return rows[0]?.scans
}

test('emojis of a page take one query by index, or none if no text has a shortcode', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, domain, remote_url) select n, 'e' || n, 'd' || n % 300 || '.test', 'https://x.test/' || n from generate_series(1, 20000) n`,
  )
  await t.db.execute(sql`analyze custom_emojis`)
  const before = await scans(t)
  const emojisIn = await loadEmojiViews(
    t.db,
    Array.from({ length: 40 }, (_, i) => ({ domain: `d${i}.test`, texts: [`:e${i}: :nothing:`] })),
  )
  expect(Array.from({ length: 40 }, (_, i) => emojisIn(`d${i}.test`, [`:e${i}:`])[0]?.remoteUrl ?? null)).toEqual(
    Array.from({ length: 40 }, (_, i) => (i === 0 ? null : `https://x.test/${i}`)),
  )
  expect(await scans(t)).toBe(before)
  const nobody = await loadEmojiViews({ select: () => expect.unreachable() } as never, [
    { domain: null, texts: ['Nothing here', null] },
  ])
  expect(nobody(null, ['Nothing here'])).toEqual([])
})
