import { createPublicKey } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { verifyProof } from '@fedify/fedify/sig'
import { DataIntegrityProof } from '@fedify/vocab'
import { deleteAccount } from '#src/accounts/delete.ts'
import { updateProfile } from '#src/accounts/profile.ts'
import { hostIsBack, takeTurn } from '#src/deliveries/send.ts'
import type { AccountId } from '#src/ids.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { favourite, unfavourite } from '#src/statuses/favourite.ts'
import { reblog, unreblog } from '#src/statuses/reblog.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { contextLoader } from '../../federation/contexts.ts'
import { deliver, sweepDeliveries } from '../../federation/deliver.ts'
import { parseCavage, verifyCavage, digestFits } from '../../federation/signatures/cavage.ts'
import { localAccount, makeFollow, remoteStatus, status } from '../cast.ts'
import { makeDue, runJobs } from '../jobs/run.ts'
import type { TestDatabase } from '../database.ts'
import { type Scene, scene } from './setup.ts'

type Sent = { id: string; type: string; actor: string; to: string[]; cc: string[]; object: Record<string, unknown> & { id: string }; proof: Record<string, string> }
const sent = (s: Scene) => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)
const followed = async (s: Scene, name: string, by: string[], changes: object = {}): Promise<AccountId> => {
  const account = await localAccount(s.t, name)
  for (const each of by) await makeFollow(s.t, (await s.t.app.remote.url(s.peer.actor(each, { ...changes }).uri))!.id as AccountId, account)
  await s.work()
  s.peer.posted.length = 0
  return account
}
const deliveries = async (t: TestDatabase) => (await t.db.execute<{ state: string; attempts: number; last_status: number | null; wait: number }>(sql`
  select state, attempts, last_status, round(extract(epoch from next_try_at - now()))::int as wait from deliveries order by id`)).rows
/** Lets everything be due again, as if time had passed. */
const wait = async (t: TestDatabase) => {
  await t.db.execute(sql`update deliveries set next_try_at = now() where state = 'pending'`)
  await t.db.execute(sql`update hosts set next_try_at = now()`)
  await makeDue(t)
}

test('a post goes to each inbox once, signed in the request and in itself', async () => {
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
  expect(create).toMatchObject({ type: 'Create', actor, to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [`${actor}/followers`], object: { type: 'Note', attributedTo: actor, summary: 'greeting', sensitive: true, tag: [], attachment: [] } })
  expect(create!.object['contentMap']).toEqual({ en: create!.object['content'] })

  const key = (await (await s.routes.request(actor)).json()) as { publicKey: { id: string; publicKeyPem: string }; assertionMethod: { id: string }[] }
  const headers = new Headers(first!.headers as Record<string, string>)
  const signature = parseCavage(headers.get('signature')!)!
  expect(signature).toMatchObject({ keyId: key.publicKey.id, covered: ['(request-target)', 'host', 'date', 'digest'] })
  expect(digestFits(headers.get('digest')!, Buffer.from(first!.body))).toBe(true)
  expect(verifyCavage(signature, createPublicKey(key.publicKey.publicKeyPem), { method: 'POST', url: new URL(first!.path, s.peer.origin), host: s.peer.host, headers })).toBe(true)

  const documentLoader = async (url: string) => ({ contextUrl: null, documentUrl: url, document: key })
  const proof = await DataIntegrityProof.fromJsonLd({ '@context': ['https://w3id.org/security/data-integrity/v1'], ...create!.proof }, { contextLoader, documentLoader })
  const proven = await verifyProof(create, proof, { contextLoader, documentLoader })
  expect(proven?.id?.href).toBe(key.assertionMethod[0]!.id)
})

test('what happens here is told to whom it concerns', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const author = (await s.t.app.remote.url(s.peer.actor('author').uri))!.id as AccountId
  const theirs = await remoteStatus(s.t, author, { uri: `${s.peer.origin}/notes/1` })
  const { db, app } = s.t
  const what = async (act: () => Promise<unknown>) => {
    s.peer.posted.length = 0
    await act()
    await s.work()
    return s.peer.posted.map(({ path, body }) => [path.split('/')[2], (JSON.parse(body) as Sent).type, (JSON.parse(body) as Sent).object['type'] ?? 'id']).toSorted()
  }
  const post = await status(s.t, alice)

  expect(await what(() => db.transaction((tx) => favourite(tx, alice, theirs)))).toEqual([['author', 'Like', 'id'], ['bob', 'Create', 'Note']])
  expect(await what(() => db.transaction((tx) => unfavourite(tx, alice, theirs)))).toEqual([['author', 'Undo', 'Like']])
  expect(await what(() => db.transaction((tx) => reblog(tx, app.uris, alice, theirs)))).toEqual([['author', 'Announce', 'id'], ['bob', 'Announce', 'id']])
  expect(await what(() => db.transaction((tx) => unreblog(tx, alice, theirs)))).toEqual([['author', 'Undo', 'Announce'], ['bob', 'Undo', 'Announce']])
  expect(await what(() => updateProfile(app, alice, { displayName: 'Alice' }))).toEqual([['bob', 'Update', 'Person']])
  expect(await what(() => db.transaction((tx) => deleteStatus(tx, alice, post)))).toEqual([['bob', 'Delete', 'Tombstone']])
  const other = await localAccount(s.t, 'other', { role: 'owner' })
  expect(await what(() => db.transaction((tx) => deleteAccount(tx, alice)))).toEqual([['bob', 'Delete', 'id']])
  expect(await what(() => status(s.t, other))).toEqual([])
})

test('what was taken back before it could be told is never told', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const author = (await s.t.app.remote.url(s.peer.actor('author').uri))!.id as AccountId
  const theirs = await remoteStatus(s.t, author, { uri: `${s.peer.origin}/notes/1` })
  await s.t.db.transaction((tx) => favourite(tx, alice, theirs))
  await s.t.db.transaction((tx) => unfavourite(tx, alice, theirs))
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, author))
  await s.t.db.transaction((tx) => unfollow(tx, alice, author))
  await s.work()
  expect(sent(s).map(({ type }) => type).toSorted()).toEqual(['Undo', 'Undo'])
})

test('a host that is down is left alone for ever longer times, and gets everything in order when it is back', async () => {
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
    const { rows: [host] } = await s.t.db.execute<{ wait: number }>(sql`select extract(epoch from next_try_at - now())::float as wait from hosts`)
    waits.push(host!.wait)
    await wait(s.t)
    await runJobs(s.t)
  }
  expect(waits.map((seconds) => [10, 60, 300, 1800].findIndex((pause) => seconds > pause * 0.7 && seconds < pause * 1.3))).toEqual([0, 1, 2, 3])
  expect(await deliveries(s.t)).toMatchObject([{ state: 'delivered' }, { state: 'pending', attempts: 0 }, { state: 'pending', attempts: 0 }])

  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await hostIsBack(s.t.db, s.peer.host)
  await s.work()
  expect(sent(s).map(({ object }) => object['content'])).toEqual(['<p>1</p>', '<p>2</p>'])
})

test('Retry-After is obeyed', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 429, headers: { 'retry-after': '7200' } })
  await status(s.t, alice)
  await s.work()
  const { rows: [host] } = await s.t.db.execute<{ wait: number }>(sql`select extract(epoch from next_try_at - now())::float as wait from hosts`)
  expect(host!.wait).toBeGreaterThan(7100)
})

test('an inbox that is gone is not asked again, one that refuses three times, one that fails for days', async () => {
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
  const { rows } = await s.t.db.execute(sql`select split_part(inbox_url, '/', 5) as who, state, attempts, last_status from deliveries order by 1`)
  expect(rows).toEqual([
    { who: 'failing', state: 'failed', attempts: 10, last_status: 500 },
    { who: 'fine', state: 'delivered', attempts: 1, last_status: 202 },
    { who: 'gone', state: 'failed', attempts: 1, last_status: 410 },
    { who: 'refusing', state: 'failed', attempts: 3, last_status: 422 },
  ])
})

test('nothing overtakes what waits for the same inbox', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['slow', 'fine'])
  s.peer.answer = ({ path }) => ({ status: path.includes('slow') ? 500 : 202 })
  await status(s.t, alice, { text: '1' })
  await s.work()
  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await status(s.t, alice, { text: '2' })
  await s.work()
  expect(s.peer.posted.map(({ path }) => path)).toEqual(['/users/fine/inbox'])
  await wait(s.t)
  await runJobs(s.t)
  expect(sent(s).slice(1).map(({ object }) => object['content'])).toEqual(['<p>1</p>', '<p>2</p>'])
})

test('a host that wants the other kind of signature is remembered', async () => {
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

test('a job that died in the middle leaves the rest to the next one', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  const host = s.peer.host
  await status(s.t, alice)
  await s.t.db.execute(sql`update hosts set next_try_at = now() + interval '90 seconds'`)
  await s.work()
  expect(s.peer.posted).toEqual([])
  const { rows: waiting } = await s.t.db.execute(sql`select key, round(extract(epoch from run_at - now()))::int > 60 as late from graphile_worker.jobs where locked_at is null`)
  expect(waiting).toEqual([{ key: `deliver:${host}`, late: true }])

  await s.t.db.execute(sql`delete from graphile_worker._private_jobs`)
  await s.t.db.execute(sql`update hosts set next_try_at = now() - interval '1 minute'`)
  await s.t.db.execute(sql`update deliveries set next_try_at = now() - interval '1 minute' where state = 'pending'`)
  await sweepDeliveries(s.t.app)
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Create' }])
})

test('two jobs for one host do not send the same twice', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.execute(sql`delete from hosts`)
  for (let i = 0; i < 5; i++) await status(s.t, alice)
  await s.t.db.execute(sql`update graphile_worker._private_jobs set run_at = run_at + interval '1 hour' where task_id = (select id from graphile_worker._private_tasks where identifier = 'deliver')`)
  await s.work()
  s.peer.posted.length = 0
  await s.t.db.execute(sql`update deliveries set state = 'pending', finished_at = null, next_try_at = now()`)
  const due = (await deliveries(s.t)).length
  await Promise.all([1, 2, 3].map(() => deliver(s.t.app, { host: s.peer.host })))
  expect(s.peer.posted).toHaveLength(due)
})

test('keys do not stand in jobs', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice)
  await s.work()
  const { rows } = await s.t.db.execute<{ jobs: string }>(sql`select string_agg(payload::text, '') as jobs from graphile_worker._private_jobs`)
  expect(rows[0]!.jobs).toContain(s.peer.host)
  expect(rows[0]!.jobs).not.toMatch(/PRIVATE|"d":|"p":/)
})

test('a server that hangs is given up after ten seconds', async () => {
  await using s = await scene()
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const inbox = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/inbox`
  const started = performance.now()
  await expect(s.t.app.http.request(inbox, { method: 'POST', body: '{}', timeoutMs: 300 })).rejects.toThrow('No answer in time')
  expect(performance.now() - started).toBeLessThan(2_000)
  silent.close()
})

test('that its host was down does not count against a delivery', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await s.t.db.execute(sql`delete from deliveries`)
  await status(s.t, alice)
  for (const answer of [503, 429, 503, 503, 401]) {
    s.peer.answer = () => ({ status: answer })
    await runJobs(s.t)
    await wait(s.t)
  }
  expect(await deliveries(s.t)).toMatchObject([{ state: 'pending', attempts: 1, last_status: 401 }])
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
    if (delivery!.state === 'failed') break
    seconds += delivery!.wait
    await wait(s.t)
  }
  // Each pause is a fifth longer or shorter by chance.
  expect(seconds).toBeGreaterThan(2.5 * 86_400 * 0.8)
})

test('a slow host gives its turn back after one delivery', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob', 'bea'])
  await s.t.db.execute(sql`delete from deliveries`)
  await status(s.t, alice)
  await s.t.db.execute(sql`update hosts set next_try_at = now() + interval '1 minute'`)
  await s.work()
  await s.t.db.execute(sql`update hosts set next_try_at = now()`)
  const { request } = s.t.app.http
  let clock = 0
  const now = vi.spyOn(performance, 'now').mockImplementation(() => clock)
  s.t.app.http.request = async (...args) => {
    clock += 2_500
    return request(...args)
  }
  await deliver(s.t.app, { host: s.peer.host })
  now.mockRestore()
  expect((await deliveries(s.t)).map(({ state }) => state)).toEqual(['delivered', 'pending'])
  await makeDue(s.t)
  await s.work()
  expect(s.peer.posted).toHaveLength(2)
})

test('a host that shows itself while a job sends to it is not sent to by two', async () => {
  await using s = await scene()
  const alice = await followed(s, 'alice', ['bob'])
  await status(s.t, alice)
  await s.t.db.execute(sql`update hosts set failures = 1, next_try_at = now() - interval '1 second'`)
  expect(await takeTurn(s.t.db, s.peer.host)).not.toBeNull()
  await hostIsBack(s.t.db, s.peer.host)
  expect(await takeTurn(s.t.db, s.peer.host)).toBeNull()
})
