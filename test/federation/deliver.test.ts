import { createHash, createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { detachSignature, verifyJsonLd, verifyProof } from '@fedify/fedify/sig'
import { DataIntegrityProof } from '@fedify/vocab'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { emit } from '#src/outbox/emit.ts'
import { listHosts, resumeHost, stopHost } from '#src/outgoing/hosts.ts'
import { markHostUp, acquireLeases } from '#src/outgoing/leases.ts'
import { connect } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { checkGone } from '../../federation/fetching/check-gone.ts'
import { fetchDocument, forgetDocument, newBudget } from '../../federation/fetching/fetch-document.ts'
import { refreshProfile } from '../../federation/fetching/profile.ts'
import { createDispatcher } from '../../federation/index.ts'
import { deliver, sweepDeliveries } from '../../federation/outgoing/deliver.ts'
import { digestFits, parseCavage, signCavage, verifyCavage } from '../../federation/signatures/cavage.ts'
import { contextLoader } from '../../federation/signatures/context-loader.ts'
import { instanceKeys, type SigningKeys } from '../../federation/signatures/own-keys.ts'
import { federationTasks } from '../../federation/tasks.ts'
import { localAccount, makeFollow, remoteStatus, status } from '../cast.ts'
import type { TestDatabase } from '../database.ts'
import { makeDue, runJobs } from '../jobs/run.ts'
import { eventually } from '../patience.ts'
import { peer } from './peer.ts'
import { type Scene, scene } from './setup.ts'

type Sent = {
  id: string
  type: string
  actor: string
  to: string[]
  cc: string[]
  object: Record<string, unknown> & { id: string }
  proof: Record<string, string>
}
const sent = (s: Scene) => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)
const followed = async (s: Scene, name: string, by: string[], changes: object = {}): Promise<AccountId> => {
  const account = await localAccount(s.t, name)
  for (const each of by)
    await makeFollow(s.t, (await s.t.app.remote.url(s.peer.actor(each, { ...changes }).uri))!.id as AccountId, account)
  await s.work()
  s.peer.posted.length = 0
  return account
}
/** Deliveries that wait. */
const deliveries = async (t: TestDatabase) =>
  (
    await t.db.execute<{ attempts: number; last_status: number | null; wait: number }>(sql`
  select attempts, last_status, round(extract(epoch from next_try_at - now()))::int as wait from deliveries order by activity_id`)
  ).rows
/** Which inboxes got a status or boost, and which it was given up for. */
const outcomes = async (t: TestDatabase) =>
  (
    await t.db.execute<{ path: string; error: string | null }>(sql`
  select regexp_replace(i.url, '^https?://[^/]+', '') as path, error from delivery_outcomes o, unnest(inbox_ids) as reached(id) join inboxes i on i.id = reached.id order by path, o.finished_at`)
  ).rows
/** Lets everything be due again, as if time had passed. */
const wait = async (t: TestDatabase) => {
  await t.db.execute(sql`update deliveries set next_try_at = now()`)
  await t.db.execute(sql`update hosts set next_try_at = now()`)
  await makeDue(t)
}

test('a post is sent to each inbox once, with a signature of the request and of the activity', async () => {
  await using s = await scene()
  const shared = `${s.peer.origin}/inbox`
  const alice = await followed(s, 'alice', ['bob', 'bea'], { endpoints: { sharedInbox: shared } })
  const carol = (await s.t.app.remote.url(s.peer.actor('carol').uri))!.id as AccountId
  await makeFollow(s.t, carol, alice)
  await s.work()
  s.peer.posted.length = 0
  await status(s.t, alice, { text: 'Hello', spoilerText: 'greeting', language: 'en' })
  await s.work()

  expect(s.peer.posted.map(({ path }) => path).toSorted()).toEqual(['/inbox', '/users/carol/inbox'])
  const [first, second] = s.peer.posted
  expect(first!.body).toBe(second!.body)
  const [create] = sent(s)
  const actor = s.t.app.uris.account(alice)
  expect(create).toMatchObject({
    type: 'Create',
    actor,
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    cc: [`${actor}/followers`],
    object: { type: 'Note', attributedTo: actor, summary: 'greeting', sensitive: true, tag: [], attachment: [] },
  })
  expect(create!.object['contentMap']).toEqual({ en: create!.object['content'] })

  const key = (await (await s.routes.request(actor)).json()) as {
    publicKey: { id: string; publicKeyPem: string }
    assertionMethod: { id: string }[]
  }
  const headers = new Headers(first!.headers as Record<string, string>)
  const signature = parseCavage(headers.get('signature')!)!
  expect(signature).toMatchObject({ keyId: key.publicKey.id, covered: ['(request-target)', 'host', 'date', 'digest'] })
  expect(digestFits(headers.get('digest')!, Buffer.from(first!.body))).toBe(true)
  expect(
    verifyCavage(signature, createPublicKey(key.publicKey.publicKeyPem), {
      method: 'POST',
      url: new URL(first!.path, s.peer.origin),
      host: s.peer.host,
      headers,
    }),
  ).toBe(true)

  const documentLoader = async (url: string) => ({ contextUrl: null, documentUrl: url, document: key })
  const proof = await DataIntegrityProof.fromJsonLd(
    { '@context': ['https://w3id.org/security/data-integrity/v1'], ...create!.proof },
    { contextLoader, documentLoader },
  )
  // The linked-data signature was made last, over the proof, and so comes off first.
  const proven = await verifyProof(detachSignature(create), proof, { contextLoader, documentLoader })
  expect(proven?.id?.href).toBe(key.assertionMethod[0]!.id)
  expect(await verifyJsonLd(create, { contextLoader, documentLoader })).toBe(true)
  expect(
    await verifyJsonLd({ ...create, actor: `${actor}1` }, { contextLoader, documentLoader }).catch(() => false),
  ).toBe(false)
})

test('an activity is sent to the accounts that its event concerns', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const author = (await s.t.app.remote.url(s.peer.actor('author').uri))!.id as AccountId
  const theirs = await remoteStatus(s.t, author, { uri: `${s.peer.origin}/notes/1` })
  const { db, app } = s.t
  const what = async (act: () => Promise<unknown>) => {
    s.peer.posted.length = 0
    await act()
    await s.work()
    return s.peer.posted
      .map(({ path, body }) => [
        path.split('/')[2],
        (JSON.parse(body) as Sent).type,
        (JSON.parse(body) as Sent).object['type'] ?? 'id',
      ])
      .toSorted()
  }
  const post = await status(s.t, alice)

  expect(await what(() => db.transaction((tx) => favourite(tx, alice, theirs)))).toEqual([
    ['author', 'Like', 'id'],
    ['bob', 'Create', 'Note'],
  ])
  expect(await what(() => db.transaction((tx) => unfavourite(tx, alice, theirs)))).toEqual([['author', 'Undo', 'Like']])
  expect(await what(() => db.transaction((tx) => reblog(tx, app.uris, alice, theirs)))).toEqual([
    ['author', 'Announce', 'id'],
    ['bob', 'Announce', 'id'],
  ])
  expect(await what(() => db.transaction((tx) => unreblog(tx, alice, theirs)))).toEqual([
    ['author', 'Undo', 'Announce'],
    ['bob', 'Undo', 'Announce'],
  ])
  expect(await what(() => updateProfile(app, alice, { displayName: 'Alice' }))).toEqual([['bob', 'Update', 'Person']])
  expect(await what(() => db.transaction((tx) => deleteStatus(tx, alice, post)))).toEqual([
    ['bob', 'Delete', 'Tombstone'],
  ])
  const other = await localAccount(s.t, 'other', { role: 'owner' })
  await what(() => db.transaction((tx) => deleteAccount(tx, alice)))
  // It comes after the other waiting deliveries.
  await vi.waitFor(async () => {
    await s.work()
    expect(s.peer.posted.map(({ path, body }) => [path.split('/')[2], (JSON.parse(body) as Sent).type])).toEqual([
      ['bob', 'Delete'],
    ])
  })
  expect(await what(() => status(s.t, other))).toEqual([])
})

test('an activity that was undone before it was sent is never sent', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const author = (await s.t.app.remote.url(s.peer.actor('author').uri))!.id as AccountId
  const theirs = await remoteStatus(s.t, author, { uri: `${s.peer.origin}/notes/1` })
  await s.t.db.transaction((tx) => favourite(tx, alice, theirs))
  await s.t.db.transaction((tx) => unfavourite(tx, alice, theirs))
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, author))
  await s.t.db.transaction((tx) => unfollow(tx, alice, author))
  await s.work()
  expect(
    sent(s)
      .map(({ type }) => type)
      .toSorted(),
  ).toEqual(['Undo', 'Undo'])
})

test('a host that is down is tried after growing pauses, and gets all deliveries in order when it is back', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice, { text: '1' })
  await s.work()
  await status(s.t, alice, { text: '2' })
  await s.work()
  expect(s.peer.posted).toHaveLength(1)
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    const {
      rows: [host],
    } = await s.t.db.execute<{ wait: number }>(
      sql`select extract(epoch from next_try_at - now())::float as wait from hosts`,
    )
    waits.push(host!.wait)
    await wait(s.t)
    await runJobs(s.t)
  }
  expect(
    waits.map((seconds) => [10, 60, 300, 1800].findIndex((pause) => seconds > pause * 0.7 && seconds < pause * 1.3)),
  ).toEqual([0, 1, 2, 3])
  expect(await deliveries(s.t)).toMatchObject([{ attempts: 0 }, { attempts: 0 }])

  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await markHostUp(s.t.db, s.peer.host)
  await s.work()
  expect(sent(s).map(({ object }) => object['content'])).toEqual(['<p>1</p>', '<p>2</p>'])
})

test('Retry-After is obeyed', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 429, headers: { 'retry-after': '7200' } })
  await status(s.t, alice)
  await s.work()
  const {
    rows: [host],
  } = await s.t.db.execute<{ wait: number }>(
    sql`select extract(epoch from next_try_at - now())::float as wait from hosts`,
  )
  expect(host!.wait).toBeGreaterThan(7100)
})

test('an inbox is given up if it is gone, refused three times, or failed for days', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['gone', 'refusing', 'failing', 'fine'])
  const answers: Record<string, number> = { gone: 410, refusing: 422, failing: 500, fine: 202 }
  s.peer.answer = ({ path }) => ({ status: answers[path.split('/')[2]!]! })
  await s.t.db.execute(sql`delete from deliveries`)
  await status(s.t, alice)
  for (let i = 0; i < 12; i++) {
    await runJobs(s.t)
    await wait(s.t)
  }
  expect(await deliveries(s.t)).toEqual([])
  expect(
    (await outcomes(s.t)).map(({ path, error }) => [
      path.split('/')[2],
      s.peer.posted.filter((posted) => posted.path === path).length,
      error,
    ]),
  ).toEqual([
    ['failing', 10, 'Answered with status 500'],
    ['fine', 1, null],
    ['gone', 1, 'Answered with status 410'],
    ['refusing', 3, 'Answered with status 422'],
  ])
})

test('a retry holds back only its sender’s deliveries to the same inbox', async () => {
  await using s = await scene()
  const endpoints = { endpoints: { sharedInbox: `${s.peer.origin}/inbox` } }
  const alice = await followed(s, 'alice', ['bob'], endpoints)
  const ada = await followed(s, 'ada', ['bob'], endpoints)
  s.peer.answer = ({ body }) => ({ status: body.includes('poison') ? 500 : 202 })
  const texts = () => sent(s).map(({ object }) => String(object['content']).replace(/<\/?p>/g, ''))
  const post = async (account: AccountId, text: string) => {
    await status(s.t, account, { text })
    await s.work()
  }
  await post(alice, 'poison')
  await post(alice, '2')
  await post(ada, '3')
  await post(alice, '4')
  expect(texts()).toEqual(['poison', '3'])
  const {
    rows: [host],
  } = await s.t.db.execute<{ wait: number }>(
    sql`select extract(epoch from next_try_at - now())::float as wait from hosts`,
  )
  expect(host!.wait).toBeGreaterThan(5)

  // Tried three times, it holds up nothing, and is still tried again.
  for (const expected of [['poison'], ['poison', '2', '4'], ['poison', '5']]) {
    s.peer.posted.length = 0
    if (expected[1] === '5') await status(s.t, alice, { text: '5' })
    await wait(s.t)
    await runJobs(s.t)
    expect(texts()).toEqual(expected)
  }
  expect(await deliveries(s.t)).toMatchObject([{ attempts: 4 }])
})

test('after an outage of the host, each sender’s deliveries arrive in order', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const ada = await followed(s, 'ada', ['bob'])
  let answer = 500
  s.peer.answer = () => ({ status: answer })
  for (const n of [1, 2])
    for (const [name, account] of [
      ['alice', alice],
      ['ada', ada],
    ] as const)
      await status(s.t, account, { text: `${name} ${n}` })
  await s.work()
  answer = 503
  await wait(s.t)
  await runJobs(s.t)
  for (const [name, account] of [
    ['alice', alice],
    ['ada', ada],
  ] as const)
    await status(s.t, account, { text: `${name} 3` })
  await s.work()
  answer = 202
  s.peer.posted.length = 0
  await wait(s.t)
  await runJobs(s.t)
  const texts = sent(s).map(({ object }) => String(object['content']).replace(/<\/?p>/g, ''))
  for (const name of ['alice', 'ada'])
    expect(texts.filter((text) => text.startsWith(`${name} `))).toEqual([1, 2, 3].map((n) => `${name} ${n}`))
})

test.each([502, 504, 520, 530])('an answer with status %i marks the host as down', async (answer) => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob', 'bea'])
  await s.t.db.execute(sql`delete from deliveries`)
  s.peer.answer = () => ({ status: answer })
  await status(s.t, alice, { text: '1' })
  await s.work()
  s.peer.posted.length = 0
  await status(s.t, alice, { text: '2' })
  await s.work()
  expect(s.peer.posted).toEqual([])
  expect(await deliveries(s.t)).toMatchObject(Array.from({ length: 4 }, () => ({ attempts: 0 })))
  expect(await listHosts(s.t.db, { limit: 10 })).toMatchObject([
    { failures: 1, lastError: `Answered with status ${answer}` },
  ])
})

test('a delivery that is three days old is given up at its next failure, even if its host is up', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['failing', 'fine'])
  await s.t.db.execute(sql`delete from deliveries`)
  s.peer.answer = ({ path }) => ({ status: path.includes('failing') ? 500 : 202 })
  await status(s.t, alice)
  await s.work()
  await s.t.db.execute(sql`update deliveries set created_at = now() - interval '73 hours'`)
  await wait(s.t)
  await runJobs(s.t)
  expect(await deliveries(s.t)).toEqual([])
  expect(await outcomes(s.t)).toEqual([
    { path: '/users/failing/inbox', error: 'Answered with status 500' },
    { path: '/users/fine/inbox', error: null },
  ])
})

test('the kind of signature that a host accepts is stored', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = ({ headers }) => ({ status: headers['signature-input'] ? 202 : 401 })
  await status(s.t, alice)
  await s.work()
  await status(s.t, alice)
  await s.work()
  expect(s.peer.posted.map(({ headers }) => headers['signature-input'] !== undefined)).toEqual([false, true, true])
  expect(s.peer.posted.at(-1)!.headers['signature-input']).toContain('"content-digest"')
})

test('deliveries of a job that died are sent by the next job', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const host = s.peer.host
  await status(s.t, alice)
  await s.t.db
    .execute(sql`insert into hosts (host, next_try_at, lease_ends_at) values (${host}, now() + interval '90 seconds', now() + interval '90 seconds')
    on conflict (host) do update set next_try_at = excluded.next_try_at, lease_ends_at = excluded.lease_ends_at`)
  await s.work()
  expect(s.peer.posted).toEqual([])
  await deliver(s.t.app)
  const { rows: waiting } = await s.t.db.execute(
    sql`select key, round(extract(epoch from run_at - now()))::int > 60 as late from graphile_worker.jobs where locked_at is null`,
  )
  expect(waiting).toEqual([{ key: 'deliver later', late: true }])

  await s.t.db.execute(sql`delete from graphile_worker._private_jobs`)
  await s.t.db.execute(
    sql`update hosts set next_try_at = now() - interval '1 minute', lease_ends_at = now() - interval '1 minute'`,
  )
  await sweepDeliveries(s.t.app)
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Create' }])
})

test('concurrent workers do not send a delivery twice', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const other = await peer()
  await using _other = other
  await makeFollow(s.t, (await s.t.app.remote.url(other.actor('bea').uri))!.id as AccountId, alice)
  const workers = [1, 2, 3].map(() => connect(s.t.url, 3))
  s.peer.answer = other.answer = () => ({ status: 503 })
  for (let i = 0; i < 40; i++) await status(s.t, alice, { text: String(i) })
  await s.work()
  await wait(s.t)
  s.peer.posted.length = other.posted.length = 0
  s.peer.answer = other.answer = () => ({ status: 202 })
  await Promise.all(workers.map((db) => deliver({ ...s.t.app, db })))
  for (const db of workers) await db.$client.end()
  const texts = Array.from({ length: 40 }, (_, i) => `<p>${i}</p>`)
  for (const { posted } of [s.peer, other])
    expect(posted.map(({ body }) => (JSON.parse(body) as Sent).object['content']).filter(Boolean)).toEqual(texts)
})

test('jobs contain no keys', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice)
  await s.work()
  const { rows } = await s.t.db.execute<{ jobs: string }>(
    sql`select string_agg(payload::text, '') as jobs from graphile_worker._private_jobs`,
  )
  expect(rows[0]!.jobs).not.toBeNull()
  expect(rows[0]!.jobs).not.toMatch(/PRIVATE|"d":|"p":/)
})

test('a request to a server that hangs ends after ten seconds', async () => {
  await using s = await scene()
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const inbox = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/inbox`
  const started = performance.now()
  await expect(s.t.app.http.request(inbox, { method: 'POST', body: '{}', timeoutMs: 300 })).rejects.toThrow(
    'No answer in time',
  )
  expect(performance.now() - started).toBeLessThan(2_000)
  silent.close()
})

test('the time in which a host was down does not count against its deliveries', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.execute(sql`delete from deliveries`)
  await status(s.t, alice)
  for (const answer of [503, 429, 503, 503, 401]) {
    s.peer.answer = () => ({ status: answer })
    await runJobs(s.t)
    await wait(s.t)
  }
  expect(await deliveries(s.t)).toMatchObject([{ attempts: 1, last_status: 401 }])
})

test('a delivery that fails is tried for more than two and a half days', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.execute(sql`delete from deliveries`)
  s.peer.answer = () => ({ status: 500 })
  await status(s.t, alice)
  let seconds = 0
  for (let i = 0; i < 20; i++) {
    await runJobs(s.t)
    const [delivery] = await deliveries(s.t)
    if (!delivery) break
    seconds += delivery.wait
    await wait(s.t)
  }
  // Each pause is a fifth longer or shorter by chance.
  expect(seconds).toBeGreaterThan(2.5 * 86_400 * 0.8)
})

test('a host that sends an activity while a worker sends to it is not sent to by a second worker', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await status(s.t, alice)
  await s.t.db.execute(sql`update hosts set failures = 1, next_try_at = now() - interval '1 second'`)
  expect(await acquireLeases(s.t.db, 'fast', 10)).toMatchObject([{ host: s.peer.host, failures: 1 }])
  await markHostUp(s.t.db, s.peer.host)
  expect(await acquireLeases(s.t.db, 'fast', 10)).toEqual([])
})

test('a server that hangs does not delay other servers, not even at the first delivery', async () => {
  await using s = await scene()
  await using hanging = await peer()
  const answered = Promise.withResolvers<void>()
  hanging.answered = answered.promise
  const alice = await followed(s, 'alice', ['bob'])
  for (let i = 0; i < 5; i++)
    await makeFollow(s.t, (await s.t.app.remote.url(hanging.actor(`h${i}`).uri))!.id as AccountId, alice)
  await s.t.db.execute(sql`delete from graphile_worker._private_jobs`)
  await status(s.t, alice, { text: '1' })
  const working = s.work()
  await eventually(async () => hanging.posted.length > 0)
  await status(s.t, alice, { text: '2' })
  const workingBesides = s.work()
  await eventually(async () => s.peer.posted.length === 2)
  // To one server two requests are open at a time, however many inboxes it has.
  expect(hanging.posted.length).toBeLessThanOrEqual(2)
  answered.resolve()
  await Promise.all([working, workingBesides])
  await wait(s.t)
  await s.work()
  expect(hanging.posted).toHaveLength(10)
  expect(await laneOf(s.t, s.peer.host)).toBe(false)
})

test('a host that is down is probed with one delivery', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob', 'bea', 'ben'])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice)
  await s.work()
  expect(await laneOf(s.t, s.peer.host)).toBe(true)
  s.peer.posted.length = 0
  await wait(s.t)
  await s.work()
  expect(s.peer.posted).toHaveLength(1)
  s.peer.answer = () => ({ status: 202 })
  await wait(s.t)
  await s.work()
  expect(s.peer.posted).toHaveLength(1 + 3)
  expect(await laneOf(s.t, s.peer.host)).toBe(false)
})

test('deliveries that wait for a stopped host are sent in order when it is resumed', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.transaction((tx) => stopHost(tx, commandLine, s.peer.host))
  for (const text of ['1', '2', '3']) await status(s.t, alice, { text })
  await s.work()
  expect(s.peer.posted).toEqual([])
  expect(await listHosts(s.t.db, { limit: 10 })).toMatchObject([
    { host: s.peer.host, pending: 3, stoppedAt: expect.any(Date), failures: 0 },
  ])
  await s.t.db.transaction((tx) => resumeHost(tx, commandLine, s.peer.host))
  await s.work()
  expect(sent(s).map(({ object }) => object['content'])).toEqual(['<p>1</p>', '<p>2</p>', '<p>3</p>'])
  expect(await listHosts(s.t.db, { limit: 10 })).toMatchObject([
    { pending: 0, oldestAt: null, nextTryAt: null, stoppedAt: null },
  ])
})

test('an account whose inbox and profile are gone is deleted; an account with a new inbox gets later deliveries there', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['gone', 'moved'])
  s.peer.answer = ({ path }) => ({ status: path.endsWith('/new') ? 202 : 410 })
  await status(s.t, alice)
  await s.work()
  await status(s.t, alice)
  await s.work()
  expect(s.peer.posted).toHaveLength(2)

  const { uri } = s.peer.actor('moved', { inbox: `${s.peer.origin}/users/moved/new` })
  s.peer.documents.set('/users/gone', {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${s.peer.origin}/users/gone`,
    type: 'Tombstone',
  })
  forgetDocument(s.t.app, uri)
  await makeDue(s.t)
  await s.work()
  const { rows } = await s.t.db.execute(
    sql`select username, deleted_at is not null as deleted, inbox_gone_at is not null as gone from accounts where domain is not null order by username`,
  )
  expect(rows).toEqual([
    { username: 'gone', deleted: true, gone: true },
    { username: 'moved', deleted: false, gone: false },
  ])
  s.peer.posted.length = 0
  await status(s.t, alice)
  await s.work()
  expect(s.peer.posted.map(({ path }) => path)).toEqual(['/users/moved/new'])
})

test('an inbox that answers 404 for a day counts as gone', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 404 })
  for (const expected of [1, 2, 2]) {
    await status(s.t, alice)
    await s.work()
    expect(s.peer.posted).toHaveLength(expected)
    await s.t.db.execute(sql`update accounts set inbox_missing_at = inbox_missing_at - interval '25 hours'`)
  }
})

test('an inbox that accepts a delivery in between does not count as gone', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  for (const [n, answer] of [404, 202, 404, 202].entries()) {
    s.peer.answer = () => ({ status: answer })
    await status(s.t, alice)
    await s.work()
    expect(s.peer.posted).toHaveLength(n + 1)
    await s.t.db.execute(sql`update accounts set inbox_missing_at = inbox_missing_at - interval '25 hours'`)
  }
})

test('only an account’s own server can say that it is gone, not the target of a redirect', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followed(s, 'alice', ['bob'])
  const { id } = (await s.t.app.remote.url(`${s.peer.origin}/users/bob`))!
  s.peer.answer = () => ({ status: 410 })
  await status(s.t, alice)
  await s.work()
  const isDeleted = async () =>
    (await s.t.db.execute(sql`select from accounts where id = ${id} and deleted_at is not null`)).rows.length === 1
  other.documents.set('/gone', 410)
  other.documents.set('/tombstone', {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${s.peer.origin}/users/bob`,
    type: 'Tombstone',
  })
  for (const path of ['/gone', '/tombstone']) {
    s.peer.documents.set('/users/bob', new URL(path, other.origin))
    await checkGone(s.t.app, { accountId: id as AccountId })
    forgetDocument(s.t.app, `${s.peer.origin}/users/bob`)
    await refreshProfile(s.t.app, { accountId: id as AccountId })
    expect(other.fetched).toContain(path)
    expect(await isDeleted()).toBe(false)
  }
  s.peer.documents.set('/users/bob', 410)
  await checkGone(s.t.app, { accountId: id as AccountId })
  expect(await isDeleted()).toBe(true)
})

test('the check whether an account is gone is repeated if its server is down', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 410 })
  s.peer.failsWith = 502
  await status(s.t, alice)
  await s.work()
  await makeDue(s.t)
  await s.work()
  const waiting = async () => (await s.t.jobs()).filter((name) => name === 'check-gone')
  expect(await waiting()).toEqual(['check-gone'])
  s.peer.failsWith = null
  s.peer.documents.set('/users/bob', 410)
  await makeDue(s.t)
  await s.work()
  expect(await waiting()).toEqual([])
  expect(
    (await s.t.db.execute(sql`select username from accounts where domain is not null and deleted_at is not null`)).rows,
  ).toEqual([{ username: 'bob' }])
})

test('jobs of an older version without an order are sent', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await status(s.t, alice)
  await s.t.db.execute(sql`update graphile_worker._private_jobs set payload = (payload::jsonb - 'order')::json`)
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Create' }])
})

test('a stopping worker begins no further delivery, even before its jobs are aborted', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice)
  await s.work()
  await wait(s.t)
  s.peer.posted.length = 0
  const stopping = new AbortController()
  const { deliver: run } = federationTasks(s.t.app, createDispatcher(s.t.app), stopping.signal)
  stopping.abort()
  await run({}, { abortSignal: new AbortController().signal })
  expect(s.peer.posted).toEqual([])
})

test('only public and unlisted activities carry a signature of their own', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const bob = (await s.t.app.remote.url(`${s.peer.origin}/users/bob`))!.id as AccountId
  for (const visibility of ['public', 'unlisted', 'private', 'direct'] as const)
    await status(s.t, alice, { text: `@bob@${s.peer.host} ${visibility}`, visibility })
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bob))
  await s.work()
  const signed = s.peer.posted.map(({ body }) => JSON.parse(body) as Sent & { signature?: unknown })
  expect(signed).toHaveLength(5)
  for (const { type, to, cc, proof, signature } of signed) {
    const isOpen = type === 'Create' && [...to, ...cc].includes('https://www.w3.org/ns/activitystreams#Public')
    expect([proof !== undefined, signature !== undefined]).toEqual([isOpen, isOpen])
  }
})

test('an Update of a profile carries a signature of its own, whatever the profile contains', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.execute(
    sql`update accounts set attribution_domains = '{blog.example}', is_memorial = true, also_known_as = '{https://old.test/users/alice}', avatar_description = 'A face' where id = ${alice}`,
  )
  await s.t.db.transaction((tx) => emit(tx, { type: 'account.updated', accountId: alice }))
  await s.work()
  expect(s.peer.posted.map(({ body }) => JSON.parse(body))).toMatchObject([
    {
      type: 'Update',
      proof: {},
      signature: { type: 'RsaSignature2017' },
      object: { attributionDomains: ['blog.example'] },
    },
  ])
})

test('a followers-only delivery has the digest of the server’s own followers, and only this server can fetch their list', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followed(s, 'alice', ['bob', 'bea'])
  await makeFollow(s.t, (await s.t.app.remote.url(other.actor('ben').uri))!.id as AccountId, alice)
  const followers = s.t.app.uris.followers(alice)
  await status(s.t, alice)
  await status(s.t, alice, { visibility: 'private' })
  await s.work()
  const header = (of: typeof other) =>
    of.posted.map(({ headers }) => headers['collection-synchronization']).filter(Boolean)
  const digest = (...ids: string[]) =>
    ids
      .map((id) => createHash('sha256').update(id).digest())
      .reduce((a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]!)))
      .toString('hex')
  const expected = (...ids: string[]) =>
    `collectionId="${followers}", url="${followers}/synchronization", digest="${digest(...ids)}"`
  expect(header(s.peer)).toEqual([1, 2].map(() => expected(`${s.peer.origin}/users/bob`, `${s.peer.origin}/users/bea`)))
  expect(header(other)).toEqual([expected(`${other.origin}/users/ben`)])

  const ask = async (actor: ReturnType<typeof other.actor> | null) => {
    const url = new URL(`${followers}/synchronization`)
    const keys = actor && ({ rsa: { id: actor.keyId, privateKey: actor.privateKey } } as SigningKeys)
    const response = await s.routes.request(url, { headers: keys ? await signCavage(keys, 'GET', url) : {} })
    return response.status === 200
      ? [
          response.headers.get('cache-control'),
          ((await response.json()) as { orderedItems: string[] }).orderedItems.toSorted(),
        ]
      : response.status
  }
  // The request may be by its instance's actor, which is unknown here.
  expect(await ask(s.peer.actor('instance'))).toEqual([
    'private, no-store',
    [`${s.peer.origin}/users/bea`, `${s.peer.origin}/users/bob`],
  ])
  expect(await ask(other.actor('ben2'))).toEqual(['private, no-store', [`${other.origin}/users/ben`]])
  expect(await ask(null)).toBe(401)
})

test('a fetch tries the other kind of signature, and the accepted kind is stored for deliveries', async () => {
  await using s = await scene()
  s.peer.refusesFetch = ({ headers }) => headers['signature-input'] === undefined
  const alice = await followed(s, 'alice', ['bob'])
  await status(s.t, alice)
  await s.work()
  expect(s.peer.posted.map(({ headers }) => headers['signature-input'] !== undefined)).toEqual([true])
})

test('a fetch tries a signature without the query, and the accepted kind is stored', async () => {
  await using s = await scene()
  const { app } = s.t
  const { rsa } = await instanceKeys(app)
  const checks =
    (target: (url: string) => string) =>
    ({ headers, url = '' }: { headers: IncomingHttpHeaders; url?: string | undefined }) => {
      const signed = parseCavage(String(headers.signature ?? ''))
      if (!signed || headers['signature-input']) return true
      const lines = [`(request-target): get ${target(url)}`, `host: ${headers.host}`, `date: ${headers.date}`]
      return !verify('RSA-SHA256', Buffer.from(lines.join('\n')), rsa.publicPem, signed.signature)
    }
  const fetched = async (path: string) => {
    s.peer.documents.set(path, { id: `${s.peer.origin}${path}`, type: 'Note' })
    s.peer.fetched.length = 0
    await fetchDocument(app, `${s.peer.origin}${path}`, newBudget())
    return s.peer.fetched.length
  }
  s.peer.refusesFetch = checks((url) => url.replace(/\?.*/, ''))
  // As usual, by RFC 9421, by the path alone; then at once.
  expect([await fetched('/notes?page=1'), await fetched('/notes?page=2'), await fetched('/notes/3')]).toEqual([3, 1, 1])
  // It may come to check all of it, or want something else.
  s.peer.refusesFetch = checks((url) => url)
  expect([await fetched('/notes?page=4'), await fetched('/notes?page=5')]).toEqual([2, 1])
  s.peer.refusesFetch = ({ headers }) => headers['signature-input'] === undefined
  expect([await fetched('/notes?page=6'), await fetched('/notes?page=7')]).toEqual([2, 1])
  s.peer.refusesFetch = () => true
  await expect(fetched('/notes?page=8')).rejects.toThrow('401')
  expect(s.peer.fetched).toHaveLength(3)
  await expect(fetched('/notes/9')).rejects.toThrow('401')
  expect(s.peer.fetched).toHaveLength(2)
})

async function laneOf(t: TestDatabase, host: string): Promise<unknown> {
  return (await t.db.execute(sql`select is_slow from hosts where host = ${host}`)).rows[0]?.['is_slow']
}
