/** The servers that get an edit, a deletion, or the Delete of an account: those that got or made something related to it. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { acquireLeases } from '#src/outgoing/leases.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { follow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { federate } from '../../federation/outgoing/federate.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'

/** The hosts that get activities since the last call. */
async function told(t: TestDatabase): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const job of await t.jobPayloads('federate')) {
    await t.db.execute(sql`delete from deliveries`)
    await federate(t.app, job)
    const { rows } = await t.db.execute<{ host: string }>(sql`select host from deliveries order by host`)
    if (rows.length > 0) all[job.event.type] = rows.map(({ host }) => host)
  }
  await forgetJobs(t)
  return all
}

const replyTo = (t: TestDatabase, author: AccountId, id: StatusId, more: object = {}) =>
  remoteStatus(t, author, { inReplyToUri: t.app.uris.status(id), ...more })
const like = (t: TestDatabase, who: AccountId, what: StatusId) => t.db.transaction((tx) => favourite(tx, who, what))
const boost = (t: TestDatabase, who: AccountId, what: StatusId, uri?: string) =>
  t.db.transaction((tx) => reblog(tx, t.app.uris, who, what, uri ? { uri } : {}))

test('accounts that answered, favourited or boosted a post receive its edits and its Delete', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  const [a, b, c, d] = [
    await remoteAccount(t, 'ann', 'a.test'),
    await remoteAccount(t, 'ben', 'b.test'),
    await remoteAccount(t, 'cat', 'c.test'),
    await remoteAccount(t, 'dan', 'd.test'),
  ]
  const post = await status(t, bob, { text: 'Public' })
  await replyTo(t, a, post)
  await like(t, b, post)
  await boost(t, c, post, 'https://c.test/boost')
  await replyTo(t, d, post)
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, d))
  await forgetJobs(t)
  await editStatus(t.app, bob, post, { text: 'Edited', mediaIds: [] } as never)
  expect(await told(t)).toEqual({ 'status.edited': ['a.test', 'b.test', 'c.test'] })
  await t.db.transaction((tx) => deleteStatus(tx, bob, post))
  expect(await told(t)).toEqual({ 'status.deleted': ['a.test', 'b.test', 'c.test'] })
  expect((await t.db.execute(sql`select from delete_recipients`)).rows).toEqual([])
})

test('only recipients of a private post receive its edits and its Delete', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  const [ann, ben] = [await remoteAccount(t, 'ann', 'a.test'), await remoteAccount(t, 'ben', 'b.test')]
  await makeFollow(t, ann, bob)
  await makeFollow(t, ben, bob)
  const post = await status(t, bob, { text: 'For followers', visibility: 'private' })
  await like(t, ben, post)
  await replyTo(t, ben, post, { visibility: 'direct', mentionedIds: [bob] })
  await t.db.execute(sql`delete from follows where follower_id = ${ben}`)
  await forgetJobs(t)
  await editStatus(t.app, bob, post, { text: 'Edited', mediaIds: [] } as never)
  expect(await told(t)).toEqual({ 'status.edited': ['a.test'] })
  await t.db.transaction((tx) => deleteStatus(tx, bob, post))
  expect(await told(t)).toEqual({ 'status.deleted': ['a.test'] })
})

test('the Delete of an account goes once to every server that may have it, after other deliveries', async () => {
  await using t = await database()
  const dora = await localAccount(t, 'dora')
  const on = async (domain: string) => remoteAccount(t, 'x', domain)
  await makeFollow(t, await on('follower.test'), dora)
  await makeFollow(t, await remoteAccount(t, 'y', 'follower.test'), dora)
  await makeFollow(t, dora, await on('followed.test'))
  await t.db.transaction(async (tx) => follow(tx, t.app.uris, dora, await on('asked.test')))
  await t.db.transaction(async (tx) => block(tx, t.app.uris, dora, await on('blocked.test')))
  const answered = await remoteStatus(t, await on('answered.test'))
  const own = await status(t, dora, { text: 'An answer', inReplyToId: answered } as never)
  await like(t, dora, await remoteStatus(t, await on('favourited.test')))
  await boost(t, dora, await remoteStatus(t, await on('boosted.test')))
  await replyTo(t, await on('answering.test'), own)
  await like(t, await on('favouriting.test'), own)
  await boost(t, await on('boosting.test'), own, 'https://boosting.test/1')
  await remoteStatus(t, await on('naming.test'), { mentionedIds: [dora] })
  const poll = await remoteStatus(t, await on('poll.test'), {
    poll: {
      kind: 'single',
      options: [
        { title: 'A', votesCount: 0 },
        { title: 'B', votesCount: 0 },
      ],
      expiresAt: null,
      votersCount: 0,
    },
  } as never)
  await t.db.transaction((tx) => vote(tx, dora, poll, [0]))
  await on('stranger.test')
  await forgetJobs(t)
  await t.db.execute(sql`delete from hosts`)
  await t.db.execute(sql`insert into hosts (host, next_try_at) values ('followed.test', now() + interval '1 hour')`)

  await t.db.transaction((tx) => deleteAccount(tx, dora))
  const hosts = [
    'answered',
    'answering',
    'asked',
    'blocked',
    'boosted',
    'boosting',
    'favourited',
    'favouriting',
    'followed',
    'follower',
    'naming',
    'poll',
  ].map((name) => `${name}.test`)
  expect(await told(t)).toEqual({ 'account.deleted': hosts })
  expect((await t.db.execute(sql`select from delete_recipients`)).rows).toEqual([])
  // Each host has its own time for the Delete, and other deliveries do not wait for it.
  const { rows } = await t.db.execute<{ later: boolean }>(
    sql`select next_try_at > now() - interval '1 minute' as later from hosts where host <> 'followed.test' order by next_try_at`,
  )
  expect(rows).toHaveLength(hosts.length - 1)
  expect((await t.db.execute(sql`select count(distinct next_try_at)::int as n from hosts`)).rows).toEqual([
    { n: hosts.length },
  ])
  expect((await acquireLeases(t.db, 'fast', 100)).map(({ host }) => host)).not.toContain('followed.test')
})

test('recent contacts receive a changed profile', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  const people = (await Promise.all(
    ['named', 'answered', 'answering', 'followed', 'foe', 'former', 'follower'].map((name) =>
      remoteAccount(t, 'x', `${name}.test`),
    ),
  )) as [AccountId, AccountId, AccountId, AccountId, AccountId, AccountId, AccountId]
  const [named, answered, answering, followed, foe, former, follower] = people
  const post = await status(t, bob, { text: 'Hello' })
  await t.db.execute(
    sql`insert into mentions (status_id, account_id, position) values (${post}, ${named}, 0), (${post}, ${foe}, 1)`,
  )
  await status(t, bob, { text: 'An answer', inReplyToId: await remoteStatus(t, answered) } as never)
  await replyTo(t, answering, post)
  await makeFollow(t, bob, followed)
  await makeFollow(t, follower, bob)
  const old = await status(t, bob, { text: 'Long ago' })
  await t.db.execute(sql`insert into mentions (status_id, account_id, position) values (${old}, ${former}, 0)`)
  await t.db.execute(sql`update statuses set created_at = now() - interval '30 days' where id = ${old}`)
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, foe))
  await forgetJobs(t)
  await updateProfile(t.app, bob, { displayName: 'Bob' })
  expect(await told(t)).toEqual({
    'account.updated': ['answered.test', 'answering.test', 'followed.test', 'follower.test', 'named.test'],
  })
})

test('servers with a quote of a post, also without consent, receive its edits and its Delete', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  const quoter = await remoteAccount(t, 'quin', 'q.test')
  const post = await status(t, bob, { text: 'Public' })
  const quoting = await remoteStatus(t, quoter)
  await t.db.execute(
    sql`insert into quotes (id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state) values (1, ${quoting}, ${quoter}, ${post}, ${bob}, ${t.app.uris.status(post)}, 'pending')`,
  )
  await forgetJobs(t)
  await editStatus(t.app, bob, post, { text: 'Changed' })
  expect(await told(t)).toEqual({ 'status.edited': ['q.test'] })
  await t.db.transaction((tx) => deleteStatus(tx, bob, post))
  expect(await told(t)).toEqual({ 'status.deleted': ['q.test'] })
})
