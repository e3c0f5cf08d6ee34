import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { emitAll } from '#src/outbox/emit.ts'
import { jobKinds } from '#src/outbox/jobs.ts'
import { listLanes } from '#src/outbox/queued.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { placesOf } from '#src/platform/queue/lanes.ts'
import { startWorker } from '../../jobs/worker.ts'
import { database } from '../database.ts'
import { signedPost } from '../federation/peer.ts'
import { publicly } from '../federation/receive.ts'
import { scene } from '../federation/setup.ts'
import { eventually } from '../patience.ts'
import { boostFrom, followed, leaves, mailTo, pushTo, work } from './hanging.ts'
import { mailbox } from './mailbox.ts'
import { silent } from './silent.ts'

test('a push service that never answers does not delay posts', async () => {
  await using service = await silent()
  await using s = await scene()
  const alice = await followed(s)
  await pushTo(s, service.host)
  await using _worker = await work(s)
  await eventually(async () => service.connections() > 0)
  expect(await leaves(s, alice)).toBe(true)
  await eventually(
    async () =>
      (await listLanes(s.t.db, s.t.app.config)).find(({ lane }) => lane === 'push')?.hosts[0]?.host === service.host,
  )
})

test('a mail server that never answers does not delay posts, and gets its mails when it is back', async () => {
  await using box = await mailbox()
  await using server = await silent()
  await using s = await scene({ SMTP_URL: `smtp://${server.host}` })
  const alice = await followed(s)
  await mailTo(s, 5)
  await using _worker = await work(s)
  await eventually(async () => server.connections() > 0)
  expect(await leaves(s, alice)).toBe(true)
  server.become(Number(new URL(box.url).port))
  await eventually(async () => box.mails.length >= 5)
  // A job's row is deleted shortly after its mail arrived.
  const waiting = sql`select from graphile_worker.jobs where task_identifier = 'account-mail'`
  await eventually(async () => (await s.t.db.execute(waiting)).rows.length === 0)
})

test('fetches of boosted posts from hosts that never answer do not delay posts', async () => {
  await using one = await silent()
  await using other = await silent()
  await using s = await scene()
  const alice = await followed(s)
  const booster = await boostFrom(s, alice, [one.host, other.host])
  await using _worker = await work(s)
  await eventually(async () => one.connections() + other.connections() > 1)
  expect(await leaves(s, alice)).toBe(true)
  // Activities from healthy servers are not delayed, either.
  s.peer.documents.set('/users/booster/notes/1', {
    id: `${booster.uri}/notes/1`,
    type: 'Note',
    attributedTo: booster.uri,
    content: 'Here I am',
    published: new Date().toISOString(),
    ...publicly,
  })
  const { status: answer } = await s.routes.request(
    signedPost(s.t.app, booster, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${booster.uri}/creates/1`,
      actor: booster.uri,
      type: 'Create',
      object: `${booster.uri}/notes/1`,
      ...publicly,
    }),
  )
  expect(answer).toBe(202)
  await eventually(
    async () =>
      (await s.t.db.execute(sql`select from statuses where uri = ${`${booster.uri}/notes/1`}`)).rows.length > 0,
  )
})

test('a post is sent at once while push, mail and two servers hang', async () => {
  await using one = await silent()
  await using other = await silent()
  await using s = await scene({ SMTP_URL: `smtp://${one.host}` })
  const alice = await followed(s)
  await pushTo(s, other.host)
  await mailTo(s, 30)
  await boostFrom(s, alice, [one.host, other.host])
  await using _worker = await work(s)
  await eventually(async () => one.connections() > 1 && other.connections() > 1)
  for (let n = 0; n < 3; n++) expect(await leaves(s, alice)).toBe(true)
})

test('endless housekeeping jobs do not delay scheduled posts and notifications', async () => {
  await using t = await database()
  const ids = Array.from({ length: 20 }, () => newId<AccountId>())
  await t.db.transaction((tx) =>
    emitAll(
      tx,
      ids.map((accountId) => ({ type: 'account.erasure-pending', accountId, hasRecipients: true })),
    ),
  )
  await t.db.transaction((tx) =>
    emitAll(
      tx,
      ids.map((accountId) => ({ type: 'account.opened', accountId })),
    ),
  )
  const started = { erasing: 0, accepting: 0 }
  const done: string[] = []
  const ending = Promise.withResolvers<void>()
  {
    await using _worker = await startWorker(
      t.app,
      (stopping) => {
        stopping.addEventListener('abort', () => ending.resolve())
        const endless = (kind: keyof typeof started) => async () => {
          started[kind] += 1
          await ending.promise
        }
        return {
          'erase-account': endless('erasing'),
          'accept-follow-requests': endless('accepting'),
          'publish-scheduled': () => void done.push('post'),
          'poll-end': () => void done.push('poll'),
        }
      },
      '',
    )
    await eventually(async () => started.erasing + started.accepting === 2)
    await addJobs(t.db, [
      { name: 'publish-scheduled', payload: { scheduledStatusId: newId() } },
      { name: 'poll-end', payload: { statusId: newId() } },
    ])
    await eventually(async () => done.length === 2)
    // Other servers say when accounts end; so they may hold one of the two places.
    expect(started).toEqual({ erasing: 1, accepting: 1 })
  }
})

test('each kind of job has a lane with a slot', () => {
  for (const concurrency of [1, 8, 20, 200]) {
    const places = placesOf(concurrency)
    for (const { lane } of Object.values(jobKinds)) expect(places[lane]).toBeGreaterThan(0)
    expect(places.deliver).toBeGreaterThan(1)
  }
  expect(Object.values(placesOf(20)).reduce((sum, count) => sum + count)).toBe(20)
})
