import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { ListId } from '#src/platform/ids.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('a page past the end of a list says that it ends there, and leads back to its newest entries', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  const id = await status(t, alice, { text: 'Hello #birds' })
  await t.db.transaction((tx) => favourite(tx, alice, id))
  const list = '5' as ListId
  await t.db.execute(sql`insert into lists (id, account_id, title) values (${list}, ${alice}, 'Friends')`)
  const me = visitor(pages(t.app))
  await me.logIn('alice', password)
  const paths = [
    '/',
    '/public',
    '/public?from=here',
    '/@alice',
    '/@alice/with_replies',
    '/@alice/media',
    '/@alice/followers',
    '/@alice/following',
    '/tags/birds',
    `/lists/${list}`,
    '/favourites',
    '/bookmarks',
    '/notifications',
    '/conversations',
    '/drafts',
    '/scheduled',
    `/@alice/${id}/favourites`,
    `/@alice/${id}/boosts`,
    `/@alice/${id}/quotes`,
  ]
  for (const path of paths) {
    const end = await me.get(`${path}${path.includes('?') ? '&' : '?'}max_id=1`)
    expect(end.status, path).toBe(200)
    expect(end.html, path).toContain('This is the end of the list.')
    expect(end.html, path).toMatch(/<a href="[^"]*"[^>]*>Back to the newest</)
    expect((await me.get(path)).html, path).not.toContain('of the list.')
    expect((await me.get(`${path}${path.includes('?') ? '&' : '?'}min_id=9000000000000000000`)).html, path).toContain(
      'This is the beginning of the list.',
    )
  }
  for (const path of ['/explore', '/explore/tags', '/explore/links', '/directory']) {
    const { html } = await me.get(`${path}?offset=5000`)
    expect(html, path).toContain('There is nothing more.')
    expect(html, path).toContain(`<a href="${path}">Back to the beginning</a>`)
  }
})
