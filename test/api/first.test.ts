import { expect, test } from 'vitest'
import { localAccount } from '../cast.ts'
import { database } from '../database.ts'
import { serve, tokenOf } from './server.ts'

test('an app posts and reads it on the home timeline', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const status = await server.post('/api/v1/statuses', 'StatusWithViewer', token, { status: 'Hello #world' })
  const home = await server.get('/api/v1/timelines/home', '[StatusWithViewer]', token)
  expect(home).toEqual([status])
})
