import { expect, test } from 'vitest'
import { saveMarker } from '#src/reading/timelines/markers.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database } from '../database.ts'
import { serve, tokenOf } from './server.ts'

test('apps get what was missed as a list of posts, in pages about the same span', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const mark = await status(t, alice, { text: 'Before' })
  await t.db.transaction((tx) => saveMarker(tx, alice, 'home', mark))
  const start = await status(t, bob, { text: 'One' })
  await status(t, bob, { text: 'Two', inReplyToId: start })
  const far = await status(t, await localAccount(t, 'carol'), { text: 'Three' })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, far))
  const token = await tokenOf(t.app, alice, ['read:statuses'])
  const first = await server.call('GET', '/api/v1/pipit/catch_up?limit=1', { token })
  expect(first.body).toMatchObject([
    { content: '<p>One</p>', catch_up: { boosted_by: [], more_in_thread: 1, more_with_link: 0 } },
  ])
  await status(t, bob, { text: 'Written meanwhile' })
  const next = /<https:\/\/pipit.test([^>]+)>; rel="next"/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
  const second = await server.call('GET', next, { token })
  expect(second.body).toMatchObject([
    { reblog: { content: '<p>Three</p>' }, catch_up: { boosted_by: [{ acct: 'bob' }] } },
  ])
  expect(second.headers.get('Link')).not.toContain('rel="next"')
})

test('the list takes the scope of Home', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'), ['read:notifications'])
  expect((await server.call('GET', '/api/v1/pipit/catch_up', { token })).status).toBe(403)
  expect((await server.call('GET', '/api/v1/pipit/catch_up')).status).toBe(401)
})
