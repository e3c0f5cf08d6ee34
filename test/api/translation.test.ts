import { expect, test } from 'vitest'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { translator } from '../translator.ts'
import { serve, tokenOf } from './server.ts'

test('a post is translated with all its parts, and requested only once', async () => {
  await using lt = await translator()
  await using t = await database({ LIBRETRANSLATE_URL: lt.url, LIBRETRANSLATE_API_KEY: 'secret' })
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await remoteAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  expect((await server.call('GET', '/api/v2/instance')).body.configuration.translation).toEqual({ enabled: true })
  expect(await server.get('/api/v1/instance/translation_languages', 'TranslationLanguages')).toEqual({
    und: ['de', 'en'],
    en: ['de'],
    de: ['en'],
  })

  const image = {
    kind: 'image',
    mediaType: 'image/png',
    url: 'https://remote.test/1.png',
    width: 1,
    height: 1,
    blurhash: null,
    focus: { x: 0, y: 0 },
  } as const
  const post = await remoteStatus(t, bob, {
    content: '<p>Hallo &amp; <a href="https://a.test/x">Welt</a></p>',
    spoilerText: 'Achtung',
    language: 'de-AT',
    media: [
      { ...image, description: 'Ein Bild' },
      { ...image, description: '' },
    ],
  })
  const translated = await server.post(`/api/v1/statuses/${post}/translate`, 'Translation', token)
  expect(translated).toMatchObject({
    content: expect.stringMatching(/^<p>HALLO &amp; <a href="https:\/\/a.test\/x"[^>]*>WELT<\/a><\/p>$/),
    spoiler_text: 'ACHTUNG',
    language: 'en',
    detected_source_language: 'de-AT',
    provider: 'LibreTranslate',
    poll: null,
    media_attachments: [{ description: 'EIN BILD' }, { description: null }],
  })
  expect(lt.asked).toMatchObject([{ source: 'de', target: 'en', format: 'html', api_key: 'secret' }])
  await server.post(`/api/v1/statuses/${post}/translate`, 'Translation', token, { lang: 'en' })
  expect(lt.asked).toHaveLength(1)

  const poll = await status(t, alice, {
    text: 'Was?',
    language: null,
    poll: { options: ['Ja', 'Nein'], expiresInSeconds: 300 },
  })
  expect(await server.post(`/api/v1/statuses/${poll}/translate`, 'Translation', token, { lang: 'en' })).toMatchObject({
    spoiler_text: null,
    detected_source_language: 'de',
    poll: { id: poll, options: [{ title: 'JA' }, { title: 'NEIN' }] },
  })
})

test('a translation that is not allowed or not possible is refused', async () => {
  await using lt = await translator()
  await using t = await database({ LIBRETRANSLATE_URL: lt.url })
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const statusOf = async (id: string, lang = 'en') =>
    (await server.call('POST', `/api/v1/statuses/${id}/translate`, { token, body: { lang } })).status
  const [open, secret] = [
    await status(t, alice, { language: 'de' }),
    await status(t, alice, { language: 'de', visibility: 'private' }),
  ]
  expect([
    await statusOf(secret),
    await statusOf(open, 'xx'),
    await statusOf(await status(t, alice, { language: 'en' }), 'en'),
    await statusOf('7'),
  ]).toEqual([403, 403, 403, 404])
  lt.isDown = true
  expect(await statusOf(open)).toBe(503)
  expect(lt.asked).toEqual([])
})

test('without a translation server nothing is translated', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  expect((await server.call('GET', '/api/v2/instance')).body.configuration.translation).toEqual({ enabled: false })
  expect(await server.get('/api/v1/instance/translation_languages', 'TranslationLanguages')).toEqual({})
  expect((await server.call('POST', `/api/v1/statuses/${await status(t, alice)}/translate`, { token })).status).toBe(
    404,
  )
})
