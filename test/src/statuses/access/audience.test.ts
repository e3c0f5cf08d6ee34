import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { recipientKind, recipientRows, recipientValues } from '#src/outgoing/recipients.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { unfollow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { receiveVote } from '#src/statuses/polls/vote.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const draft = {
  text: 'Hello',
  format: 'plain' as const,
  content: '<p>Hello</p>',
  spoilerText: '',
  isSensitive: false,
  language: null,
  inReplyToId: null,
  mediaIds: [],
  poll: null,
  quotedStatusId: null,
  quotePolicy: 'nobody' as const,
  quoteManual: [],
  interactionPolicy: null,
  tags: [],
  isLocalOnly: false,
  applicationId: null,
  idempotencyKey: null,
}

/** Where a status goes, by the very statement that stores its deliveries. */
async function recipientInboxes(db: TestDatabase['db'], status: StatusId): Promise<string[]> {
  const { rows } = await db.execute<{ inbox: string; host: string }>(
    recipientRows(recipientKind({ status }), recipientValues({ status })),
  )
  for (const { inbox, host } of rows) expect(host).toBe(new URL(inbox).host)
  return rows.map(({ inbox }) => inbox)
}

async function publish(
  t: TestDatabase,
  author: AccountId,
  changes: Partial<Parameters<typeof publishStatus>[3]>,
): Promise<StatusId> {
  return t.db.transaction((tx) =>
    publishStatus(tx, t.app.uris, author, { ...draft, visibility: 'public', mentionedIds: [], ...changes }),
  )
}

test('accounts receive a status only if they may see it, and followers and mentioned accounts receive it', async () => {
  await using t = await database()
  const names = ['follower', 'blocked', 'stranger', 'named', 'blocking']
  const cast = new Map<string, AccountId>()
  // Each on a server of its own, whose shared inbox identifies the account.
  for (const name of names) cast.set(name, await remoteAccount(t, name, `${name}.test`))
  const who = (name: string) => cast.get(name)!
  const alice = await localAccount(t, 'alice')
  await makeFollow(t, who('follower'), alice)
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, who('blocked')))
  await t.db.transaction((tx) => block(tx, t.app.uris, who('blocking'), alice, 'https://blocking.test/blocks/1'))

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('public', 'unlisted', 'private', 'direct'),
      fc.subarray(names),
      async (visibility, named) => {
        const id = await publish(t, alice, { visibility, mentionedIds: named.map(who) })
        const sent = (await recipientInboxes(t.db, id)).map((inbox) => new URL(inbox).hostname.replace('.test', ''))
        for (const name of sent)
          expect(await loadStatusView(t.db, who(name), id), `${visibility} to ${name}`).toBeDefined()
        const isConcerned = (name: string) => named.includes(name) || (name === 'follower' && visibility !== 'direct')
        const expected = []
        for (const name of names)
          if (isConcerned(name) && (await loadStatusView(t.db, who(name), id))) expected.push(name)
        expect(sent.toSorted()).toEqual(expected.toSorted())
      },
    ),
    { numRuns: 40 },
  )
})

test('public and unlisted posts go to shared inboxes, direct ones to the own inboxes of mentioned accounts', async () => {
  await using t = await database()
  const bob = await remoteAccount(t, 'bob')
  const alice = await localAccount(t, 'alice')
  const inboxes = async (visibility: 'public' | 'direct') =>
    recipientInboxes(t.db, await publish(t, alice, { visibility, mentionedIds: [bob] }))
  expect(await inboxes('public')).toEqual(['https://remote.test/inbox'])
  expect(await inboxes('direct')).toEqual(['https://remote.test/users/bob/inbox'])
})

test('a reply is sent to the parent’s author, also without a mention', async () => {
  await using t = await database()
  const bob = await remoteAccount(t, 'bob')
  const alice = await localAccount(t, 'alice')
  const parent = await remoteStatus(t, bob)
  expect(await recipientInboxes(t.db, await publish(t, alice, { inReplyToId: parent }))).toEqual([
    'https://remote.test/inbox',
  ])
  expect(await recipientInboxes(t.db, await publish(t, alice, { inReplyToId: parent, visibility: 'direct' }))).toEqual(
    [],
  )
})

test('a voter who no longer follows receives only the Delete of a followers-only poll', async () => {
  await using t = await database()
  const bob = await remoteAccount(t, 'bob')
  const alice = await localAccount(t, 'alice')
  await makeFollow(t, bob, alice)
  const poll = { options: ['tea', 'coffee'], expiresInSeconds: 3_600, kind: 'single' as const, hidesTotals: false }
  const id = await publish(t, alice, { visibility: 'private', poll })
  const open = await publish(t, alice, { poll })
  for (const one of [id, open]) await t.db.transaction((tx) => receiveVote(tx, bob, one, 'tea', null))
  await t.db.transaction((tx) => unfollow(tx, bob, alice))
  expect(await recipientInboxes(t.db, id)).toEqual([])
  expect(await recipientInboxes(t.db, open)).toEqual(['https://remote.test/inbox'])
  await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect(await recipientInboxes(t.db, id)).toEqual(['https://remote.test/users/bob/inbox'])
})

test('a public reply is sent to the followers of the parent’s author, too; a private one is not', async () => {
  await using t = await database()
  const [alice, dora, fan, foe] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'dora'),
    await remoteAccount(t, 'fan'),
    await remoteAccount(t, 'foe', 'foe.test'),
  ]
  for (const follower of [fan, foe]) await makeFollow(t, follower, alice)
  await t.db.transaction((tx) => block(tx, t.app.uris, foe, dora, 'https://foe.test/blocks/1'))
  const post = await publish(t, alice, {})
  expect(await recipientInboxes(t.db, await publish(t, dora, { inReplyToId: post }))).toEqual([
    'https://remote.test/inbox',
  ])
  expect(await recipientInboxes(t.db, await publish(t, dora, { inReplyToId: post, visibility: 'private' }))).toEqual([])
})
