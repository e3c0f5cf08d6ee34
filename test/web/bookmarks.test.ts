import { expect, test } from 'vitest'
import { createFilter } from '#src/reading/filters/manage.ts'
import { bookmark } from '#src/statuses/interactions/bookmark.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('kept posts are listed apart, taken off again, and warned of where a filter hides them', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const web = visitor(pages(t.app))
  await web.logIn('alice', password)
  expect((await web.get('/bookmarks')).html).toContain('No bookmarks yet')
  expect((await web.get('/favourites')).html).toContain('No favourites yet')
  const [read, liked] = [await status(t, bob, { text: 'About wasps' }), await status(t, bob, { text: 'About bees' })]
  await t.db.transaction(async (tx) => {
    await bookmark(tx, alice, read)
    await favourite(tx, alice, liked)
    await createFilter(tx, alice, {
      title: 'Stings',
      contexts: ['home'],
      action: 'hide',
      keywords: [{ keyword: 'wasps' }],
    })
  })
  const kept = (await web.get('/bookmarks')).html
  expect(kept).toMatch(/Filtered: Stings[\s\S]*About wasps/)
  expect(kept).not.toContain('About bees')
  expect((await web.get('/favourites')).html).toContain('About bees')

  const back = await web.post(`/statuses/${read}/unbookmark`, { return_to: '/bookmarks' })
  expect(back.location).toBe(`/bookmarks#post-${read}`)
  expect((await web.get('/bookmarks')).html).toContain('No bookmarks yet')
  await web.post(`/statuses/${liked}/unfavourite`, { return_to: '/favourites' })
  expect((await web.get('/favourites')).html).toContain('No favourites yet')
})
