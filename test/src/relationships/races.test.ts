/** Concurrent actions of two accounts towards each other have the same result as one after the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { notify } from '#src/notices/notify.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId, RelationId } from '#src/platform/ids.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { acceptRequests } from '#src/reading/notifications/requests.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { endorse } from '#src/relationships/endorse.ts'
import { acceptFollow, follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { localAccount, remoteAccount, status } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'

type Act = (t: TestDatabase, tx: Tx, alice: AccountId, carol: AccountId) => Promise<unknown>

/** Of alice, or of carol, whose account is locked. */
const acts: Record<string, Act> = {
  follow: (t, tx, alice, carol) => follow(tx, t.app.uris, alice, carol),
  unfollow: (_, tx, alice, carol) => unfollow(tx, alice, carol),
  accept: (_, tx, alice, carol) => acceptFollow(tx, carol, alice),
  reject: (_, tx, alice, carol) => rejectFollow(tx, carol, alice),
  block: (t, tx, alice, carol) => block(tx, t.app.uris, carol, alice),
  unblock: (_, tx, alice, carol) => unblock(tx, carol, alice),
  endorse: (_, tx, alice, carol) => endorse(tx, alice, carol),
  list: async (_, tx, alice, carol) => {
    const { rows } = await tx.execute<{ id: string }>(sql`select id::text as id from lists where account_id = ${alice}`)
    return addToList(tx, alice, rows[0]!.id as never, [carol])
  },
}

const starts: Record<string, string[]> = { strangers: [], asked: ['follow'], following: ['follow', 'accept'] }

const quietly = (work: Promise<unknown>) =>
  work.catch((error: unknown) => (error instanceof Refusal ? null : Promise.reject(error)))

/** Alice with a list, and carol with a locked account. */
async function pair(t: TestDatabase): Promise<[AccountId, AccountId]> {
  const [alice, carol] = [await localAccount(t, 'alice'), await localAccount(t, 'carol')]
  await t.db.execute(sql`update accounts set is_locked = true where id = ${carol}`)
  await t.db.transaction((tx) => createList(tx, alice, { title: 'List' } as never))
  return [alice, carol]
}

/** Removes all relationships of the two, which is much quicker than two new accounts, and then makes those of the start. */
async function begin(t: TestDatabase, tx: Tx, [alice, carol]: [AccountId, AccountId], start: string[]): Promise<void> {
  await tx.execute(sql`
    delete from follows; delete from follow_requests; delete from blocks; delete from endorsements; delete from list_accounts;
    delete from notifications; delete from graphile_worker._private_jobs; update account_stats set followers_count = 0, following_count = 0`)
  for (const name of start) await acts[name]!(t, tx, alice, carol)
}

/** The result of a function in a transaction that is rolled back. */
async function rolledBack<T>(t: TestDatabase, work: (tx: Tx) => Promise<T>): Promise<T> {
  const over = new Error('Rolled back')
  let result: { value: T } | undefined
  await t.db
    .transaction(async (tx) => {
      result = { value: await work(tx) }
      throw over
    })
    .catch((error: unknown) => (error === over ? null : Promise.reject(error)))
  return result!.value
}

async function state(db: Pick<Tx, 'execute'>, alice: AccountId, carol: AccountId) {
  const { rows } = await db.execute(sql`
    select exists (select from follows where follower_id = ${alice} and target_id = ${carol}) as follows,
      exists (select from follow_requests where follower_id = ${alice} and target_id = ${carol}) as requested,
      exists (select from blocks where account_id = ${carol} and target_id = ${alice}) as blocked,
      exists (select from endorsements where account_id = ${alice}) as endorsed,
      exists (select from list_accounts where account_id = ${carol}) as listed,
      array(select type from notifications where account_id = ${carol} order by type) as told,
      (select followers_count from account_stats where account_id = ${carol}) as followers`)
  return rows[0]
}

test.each(Object.keys(starts))(
  'of two concurrent actions between %s, the second one sees the result of the first',
  async (start) => {
    await using t = await database()
    const [alice, carol] = await pair(t)
    for (const first of Object.keys(acts)) {
      for (const second of Object.keys(acts)) {
        const [a, b] = [acts[first]!, acts[second]!]
        const expected = await rolledBack(t, async (tx) => {
          await begin(t, tx, [alice, carol], starts[start]!)
          for (const act of [a, b]) await quietly(tx.transaction((inner) => act(t, inner, alice, carol)))
          return state(tx, alice, carol)
        })

        await t.db.transaction((tx) => begin(t, tx, [alice, carol], starts[start]!))
        let other: Promise<unknown> = Promise.resolve()
        await quietly(
          t.db.transaction(async (tx) => {
            await quietly(a(t, tx, alice, carol))
            other = quietly(t.db.transaction((later) => b(t, later, alice, carol)))
            await sleep(15)
          }),
        )
        await other
        expect([first, second, await state(t.db, alice, carol)]).toEqual([first, second, expected])
      }
    }
  },
)

test('no follow or request to an account survives its concurrent deletion', async () => {
  for (const act of ['follow', 'accept']) {
    await using t = await database()
    const [alice, carol] = await pair(t)
    await t.db.transaction((tx) => acts['follow']!(t, tx, alice, carol))
    if (act === 'follow') await t.db.transaction((tx) => unfollow(tx, alice, carol))
    let deletion: Promise<unknown> = Promise.resolve()
    await t.db.transaction(async (tx) => {
      await acts[act]!(t, tx, alice, carol)
      deletion = t.db.transaction((other) => deleteAccount(other, carol))
      await sleep(30)
    })
    await deletion
    expect(await state(t.db, alice, carol)).toMatchObject({ follows: false, requested: false })
  }
})

test('a notification that arrives while its sender is accepted is not filtered', async () => {
  await using t = await database({ DB_POOL_SIZE: '8' })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.transaction((tx) => savePolicy(tx, alice, { forNotFollowing: 'filter' }))
  const posts = [await status(t, bob), await status(t, bob)]
  await t.db.transaction((tx) => notify(tx, { type: 'mention', for: alice, from: bob, statusId: posts[0]! }))
  const { rows } = await t.db.execute<{ id: RelationId }>(sql`select id::text as id from notification_requests`)
  let other: Promise<unknown> = Promise.resolve()
  await t.db.transaction(async (tx) => {
    await acceptRequests(tx, alice, [rows[0]!.id])
    other = t.db.transaction((later) => notify(later, { type: 'mention', for: alice, from: bob, statusId: posts[1]! }))
    await sleep(50)
  })
  await other
  expect((await t.db.execute(sql`select from notification_requests`)).rows).toEqual([])
  expect(
    (await t.db.execute(sql`select is_filtered as "isFiltered" from notifications where account_id = ${alice}`)).rows,
  ).toEqual([{ isFiltered: false }, { isFiltered: false }])
})

test('a follow replaces a follow request, whatever makes it', async () => {
  await using t = await database()
  const [alice, carol] = await pair(t)
  await t.db.transaction((tx) => acts['follow']!(t, tx, alice, carol))
  const bob = await remoteAccount(t, 'bob')
  await t.db.transaction((tx) => follow(tx, t.app.uris, bob, carol, { uri: 'https://remote.test/1' }))
  await t.db.execute(sql`update accounts set is_locked = false where id = ${carol}`)
  for (const [follower, options] of [
    [alice, {}],
    [bob, { uri: 'https://remote.test/2' }],
  ] as const) {
    await t.db.transaction((tx) => follow(tx, t.app.uris, follower, carol, options))
    expect(await state(t.db, follower, carol)).toMatchObject({ follows: true, requested: false })
  }
  expect((await state(t.db, alice, carol))!['told']).toEqual(['follow', 'follow'])
})
