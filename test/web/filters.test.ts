import { expect, test } from 'vitest'
import { createFilter } from '#src/reading/filters/manage.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('pages apply filters that hide and filters that warn, in their contexts', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  await status(t, alice, { text: 'A wasp came by' })
  await status(t, alice, { text: 'A spider came by' })
  await t.db.transaction(async (tx) => {
    await createFilter(tx, bob, {
      title: 'Stings',
      contexts: ['home'],
      action: 'hide',
      keywords: [{ keyword: 'wasp' }],
    })
    await createFilter(tx, bob, {
      title: 'Many legs',
      contexts: ['home', 'account'],
      keywords: [{ keyword: 'spider' }],
    })
  })
  const site = visitor(pages(t.app))
  await site.logIn('bob', password)
  const home = (await site.get('/')).html
  expect(home).not.toContain('A wasp came by')
  expect(home).toMatch(/Filtered: Many legs[\s\S]*A spider came by/)
  expect((await site.get('/@alice')).html).toContain('A wasp came by')
  expect((await site.get('/explore')).html).not.toContain('Filtered')
})
