import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { countApprovals, countApprovalsByKind } from '#src/reading/approvals.ts'
import { block } from '#src/relationships/block.ts'
import { saveDefaultPolicies, setPolicy, storedPolicy } from '#src/statuses/access/own-policy.ts'
import { acceptRequest, expireRequests, listRequests, rejectRequest } from '#src/statuses/access/requests.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '../../../cast.ts'
import { database, type TestDatabase } from '../../../database.ts'

const askFirst = { automatic: [], manual: ['public'] }
const waiting = (t: TestDatabase, author: AccountId) => listRequests(t.db, author, { limit: 40 })
const like = (t: TestDatabase, who: AccountId, id: StatusId) => t.db.transaction((tx) => favourite(tx, who, id))
const view = (t: TestDatabase, id: StatusId, viewer: AccountId | null = null) => loadStatusView(t.db, viewer, id)

test('a policy is stored with its limits alone, and names only groups and accounts', () => {
  const everybody = { automatic: ['public'], manual: [] }
  expect(storedPolicy({ reply: everybody, like: everybody }, 'public')).toBeNull()
  expect(storedPolicy({ reply: everybody, like: askFirst }, 'public')).toEqual({ like: askFirst })
  expect(storedPolicy({ announce: askFirst }, 'private')).toBeNull()
  expect(storedPolicy({ like: { automatic: ['followers', 'followers'], manual: ['followers'] } }, 'public')).toEqual({
    like: { automatic: ['followers'], manual: [] },
  })
  for (const name of ['friends', 'javascript:alert(1)', `https://remote.test/${'x'.repeat(2_000)}`, ''])
    expect(() => storedPolicy({ like: { automatic: [name], manual: [] } }, 'public')).toThrow('not a group')
})

test('the default policy of a visibility applies to new posts without a policy', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.transaction((tx) =>
    saveDefaultPolicies(tx, alice, {
      public: { reply: askFirst, quoteManual: ['public'] },
      private: { like: askFirst },
    }),
  )
  const policy = async (id: StatusId) => (await view(t, id, alice))?.interactionPolicy
  expect(await policy(await status(t, alice))).toEqual({ reply: askFirst })
  expect(await policy(await status(t, alice, { visibility: 'unlisted' }))).toBeNull()
  expect(await policy(await status(t, alice, { visibility: 'private' }))).toEqual({ like: askFirst })
  expect(await policy(await status(t, alice, { interactionPolicy: null }))).toBeNull()
  const quotable = await status(t, alice, { quotePolicy: 'nobody' })
  expect(await view(t, quotable)).toMatchObject({ quoteAutomatic: [], quoteManual: [] })
})

test('a policy allows, asks for, or denies interactions of local people, too', async () => {
  await using t = await database()
  const [alice, bea, cleo] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bea'),
    await localAccount(t, 'cleo'),
  ]
  await makeFollow(t, bea, alice)
  const followers = { automatic: ['followers'], manual: [] }
  const post = await status(t, alice, { interactionPolicy: { reply: followers, like: followers, announce: followers } })
  await like(t, bea, post)
  await status(t, bea, { inReplyToId: post })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bea, post))
  expect(await view(t, post)).toMatchObject({ favouritesCount: 1, repliesCount: 1, reblogsCount: 1 })
  for (const act of [
    () => like(t, cleo, post),
    () => status(t, cleo, { inReplyToId: post }),
    () => t.db.transaction((tx) => reblog(tx, t.app.uris, cleo, post)),
  ])
    await expect(act()).rejects.toMatchObject({ code: 'not_permitted' })

  // A mentioned account may always reply, and an author always may.
  const named = await status(t, alice, {
    text: 'Hello @cleo',
    interactionPolicy: { reply: { automatic: [], manual: [] }, like: { automatic: ['mentioned'], manual: [] } },
  })
  await status(t, cleo, { inReplyToId: named })
  await status(t, alice, { inReplyToId: named })
  await like(t, cleo, named)
  await expect(status(t, bea, { inReplyToId: named })).rejects.toMatchObject({ code: 'not_permitted' })
  expect(await view(t, named)).toMatchObject({ repliesCount: 2, favouritesCount: 1 })
})

test('the number of waiting requests falls with each answer, and with each request that ends without one', async () => {
  await using t = await database()
  const [alice, bea, cleo] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bea'),
    await localAccount(t, 'cleo'),
  ]
  const post = await status(t, alice, { interactionPolicy: { reply: askFirst, like: askFirst, announce: askFirst } })
  const count = () => countApprovals(t.db, alice)
  await like(t, bea, post)
  await like(t, bea, post)
  await like(t, cleo, post)
  const reply = await status(t, bea, { inReplyToId: post })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, cleo, post))
  expect(await countApprovalsByKind(t.db, alice)).toEqual({ reply: 1, quote: 0, announce: 1, like: 2, follow: 0 })

  await t.db.transaction((tx) => unfavourite(tx, bea, post))
  expect(await count()).toBe(3)
  await t.db.transaction((tx) => deleteStatus(tx, bea, reply))
  expect(await count()).toBe(2)
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, cleo))
  expect(await count()).toBe(0)

  await like(t, bea, post)
  const [request] = await waiting(t, alice)
  await expect(t.db.transaction((tx) => acceptRequest(tx, t.app.uris, bea, request!.id))).rejects.toMatchObject({
    code: 'not_found',
  })
  await t.db.transaction((tx) => rejectRequest(tx, alice, request!.id))
  await t.db.transaction((tx) => rejectRequest(tx, alice, request!.id))
  await expect(t.db.transaction((tx) => acceptRequest(tx, t.app.uris, alice, request!.id))).rejects.toMatchObject({
    code: 'not_found',
  })
  expect((await view(t, post))?.favouritesCount).toBe(0)
  // A rejected interaction can't be requested again, even if the author allows more later.
  await expect(like(t, bea, post)).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.transaction((tx) => setPolicy(tx, alice, post, { interactionPolicy: null }))
  await like(t, bea, post)
  expect((await view(t, post))?.favouritesCount).toBe(1)
})

test('requests of meanwhile suspended accounts don’t count for the limit of an author’s list', async () => {
  await using t = await database()
  const [alice, bea, gone] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bea'),
    await localAccount(t, 'gone'),
  ]
  const post = await status(t, alice, { interactionPolicy: { like: askFirst } })
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id)
    select n, ${gone}, true, 'https://pipit.test/ap/statuses/' || n, '', 'public', n from generate_series(1, 1000) n`)
  await t.db.execute(sql`
    insert into interaction_requests (id, account_id, from_account_id, status_id, kind, interaction_id)
    select n, ${alice}, ${gone}, ${post}, 'reply', n from generate_series(1, 1000) n`)
  await expect(like(t, bea, post)).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${gone}`)
  await like(t, bea, post)
  expect(await waiting(t, alice)).toMatchObject([{ kind: 'like', fromAccountId: bea }])
})

test('a rejection is kept for 90 days, however late it came', async () => {
  await using t = await database()
  const [alice, bea] = [await localAccount(t, 'alice'), await localAccount(t, 'bea')]
  const post = await status(t, alice, { interactionPolicy: { like: askFirst } })
  await like(t, bea, post)
  const [request] = await waiting(t, alice)
  await t.db.execute(sql`update interaction_requests set created_at = now() - interval '91 days'`)
  await t.db.transaction((tx) => rejectRequest(tx, alice, request!.id))
  expect(await t.db.transaction((tx) => expireRequests(tx, 50))).toBe(0)
  await expect(like(t, bea, post)).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.execute(sql`update interaction_requests set answered_at = now() - interval '91 days'`)
  expect(await t.db.transaction((tx) => expireRequests(tx, 50))).toBe(1)
})

test('only the author changes the policy of a post, and a change that changes nothing is not sent', async () => {
  await using t = await database()
  const [alice, bea] = [await localAccount(t, 'alice'), await localAccount(t, 'bea')]
  const post = await status(t, alice)
  const jobs = (await t.jobs()).length
  await expect(
    t.db.transaction((tx) => setPolicy(tx, bea, post, { interactionPolicy: { like: askFirst } })),
  ).rejects.toMatchObject({ code: 'not_found' })
  await t.db.transaction((tx) => setPolicy(tx, alice, post, { interactionPolicy: {} }))
  expect(await t.jobs()).toHaveLength(jobs)
  await t.db.transaction((tx) => setPolicy(tx, alice, post, { interactionPolicy: { like: askFirst } }))
  expect(await t.jobs()).toHaveLength(jobs + 1)
})
