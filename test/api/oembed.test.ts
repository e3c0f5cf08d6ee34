import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { serve, tokenOf } from './server.ts'

test('other sites can embed local public posts by their address, and no others', async () => {
  await using t = await database()
  await using server = await serve(t.app, pages)
  const alice = await localAccount(t, 'alice')
  await updateProfile(t.app, alice, { displayName: '<Alice>' })
  const id = await status(t, alice, { text: 'Hello <world> #birds' })
  const url = `https://pipit.test/@alice/${id}`
  const embed = await server.get(`/api/oembed?url=${encodeURIComponent(url)}`, 'OEmbed')
  expect(embed).toMatchObject({
    author_name: '<Alice>',
    author_url: 'https://pipit.test/@alice',
    provider_url: 'https://pipit.test',
    width: 400,
    height: null,
  })
  expect(embed.html).toMatch(
    /^<blockquote cite="https:\/\/pipit\.test\/@alice\/\d+"><p>Hello &lt;world&gt; <a href="https:\/\/pipit\.test\/tags\/birds".*<footer>&lt;Alice&gt; \(@alice@pipit\.test\), <a href=/,
  )
  expect(
    await server.get(`/api/oembed?url=${encodeURIComponent(url)}&maxwidth=250&maxheight=90`, 'OEmbed'),
  ).toMatchObject({ width: 250, height: 90 })
  expect((await server.call('GET', `/@alice/${id}`)).body).toContain(
    `type="application/json+oembed" href="https://pipit.test/api/oembed?url=${encodeURIComponent(url)}"`,
  )

  const warned = await server.get(
    `/api/oembed?url=https://pipit.test/@alice/${await status(t, alice, { text: 'Who did it', spoilerText: 'The <end>' })}`,
    'OEmbed',
  )
  expect(warned.html).toContain('<p>The &lt;end&gt;</p>')
  expect(warned.html).not.toContain('Who did it')

  const secret = await status(t, alice, { text: 'Hush', visibility: 'private' })
  const foreign = await remoteStatus(t, await remoteAccount(t, 'carol'))
  const token = await tokenOf(t.app, alice)
  for (const other of [
    `https://pipit.test/@alice/${secret}`,
    `https://pipit.test/@carol@remote.test/${foreign}`,
    'https://pipit.test/@alice',
    'https://elsewhere.test/1',
    'nothing',
  ]) {
    expect((await server.call('GET', `/api/oembed?url=${encodeURIComponent(other)}`, { token })).status, other).toBe(
      404,
    )
  }
  expect((await server.call('GET', '/api/oembed')).status).toBe(400)
})
