import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { visitor } from './visitor.ts'

test('a page tells that its thread or posts are being fetched, once, and only to people who are logged in', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const ann = await remoteAccount(t, 'ann', 'nosuch.invalid')
  const id = await remoteStatus(t, ann, { uri: 'https://nosuch.invalid/1' })
  await remoteAccount(t, 'bob', 'nosuch.invalid')
  const shows = { [`/@ann@nosuch.invalid/${id}`]: 'Looking for replies', '/@bob@nosuch.invalid': 'are being fetched' }
  const [stranger, someone] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await someone.logIn('alice', password)
  for (const [path, words] of Object.entries(shows)) {
    expect((await stranger.get(path)).html).not.toContain(words)
    expect((await someone.get(path)).html).toContain(words)
  }
  await runJobs(t)
  for (const [path, words] of Object.entries(shows)) expect((await someone.get(path)).html).not.toContain(words)
})
