import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { quotesOf } from '#src/reading/timelines/quotes.ts'
import { block } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { notifyOfEdit } from '#src/statuses/edit-notices.ts'
import { quoteChange } from '#src/statuses/quotes/policy.ts'
import { revokeQuote } from '#src/statuses/quotes/quote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../../../cast.ts'
import { database, type TestDatabase } from '../../../database.ts'

const quote = (t: TestDatabase, author: AccountId, quotedStatusId: StatusId, more: object = {}) =>
  status(t, author, { text: 'Look', quotedStatusId, ...more })
const view = async (t: TestDatabase, viewer: AccountId | null, id: StatusId) =>
  (await loadStatusView(t.db, viewer, id))!
const shown = async (t: TestDatabase, viewer: AccountId | null, id: StatusId) => (await view(t, viewer, id)).quote
const types = async (t: TestDatabase, account: AccountId) =>
  (await loadNotificationPage(t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

test('a quote of a local post is accepted at once, with a fallback line for servers without quotes', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  const id = await quote(t, bob, post)

  const quoting = await view(t, bob, id)
  expect(quoting.quote).toMatchObject({
    state: 'accepted',
    status: { id: post },
    approvalUri: `https://pipit.test/ap/quote-authorizations/${id}`,
  })
  expect(quoting.content).toMatch(
    /^<p class="quote-inline">RE: <a href="https:\/\/pipit.test\/@alice\/\d+"[^>]*>.*<\/a><\/p><p>Look<\/p>$/,
  )
  expect((await view(t, null, post)).quotesCount).toBe(1)
  expect(await types(t, alice)).toEqual(['quote'])
  expect(await quotesOf(t.db, alice, post, { limit: 20 })).toEqual([id])

  const linking = await quote(t, bob, post, { text: `See https://pipit.test/@alice/${post}` })
  expect((await view(t, bob, linking)).content).not.toContain('quote-inline')
  // Of a quote inside the quoted post, only the id is shown.
  const nested = await quote(t, alice, id)
  expect(await shown(t, null, nested)).toMatchObject({
    state: 'accepted',
    status: { id, quote: null },
    nested: { state: 'accepted', statusId: post },
  })
})

test('the author can set the quote policy of a post, at first and later', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const refused = { code: 'invalid' }
  const closed = await status(t, alice, { quotePolicy: 'nobody' })
  await expect(quote(t, bob, closed)).rejects.toMatchObject(refused)
  await quote(t, alice, closed)

  const forFollowers = await status(t, alice, { quotePolicy: 'followers' })
  await expect(quote(t, bob, forFollowers)).rejects.toMatchObject(refused)
  await makeFollow(t, bob, alice)
  await quote(t, bob, forFollowers)

  const secret = await status(t, alice, { visibility: 'private', quotePolicy: 'public' })
  expect((await view(t, alice, secret)).quoteAutomatic).toEqual([])
  await expect(quote(t, bob, secret)).rejects.toMatchObject(refused)
  const own = await quote(t, alice, secret, { visibility: 'public' })
  expect((await view(t, alice, own)).visibility).toBe('private')
  const letter = await status(t, alice, { text: '@bob hello', visibility: 'direct' })
  for (const account of [alice, bob]) await expect(quote(t, account, letter)).rejects.toMatchObject(refused)

  await t.db.transaction((tx) => setPolicy(tx, alice, closed, { quotes: quoteChange('public') }))
  await quote(t, bob, closed)
  await expect(
    t.db.transaction((tx) => setPolicy(tx, bob, closed, { quotes: quoteChange('public') })),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect(await t.jobPayloads('federate')).toContainEqual(
    expect.objectContaining({ event: { type: 'status.refreshed', statusId: closed } }),
  )

  // A direct quote must mention the quoted author.
  const open = await status(t, alice)
  await expect(quote(t, bob, open, { visibility: 'direct' })).rejects.toMatchObject({ code: 'unprocessable' })
  await quote(t, bob, open, { visibility: 'direct', text: '@alice this' })
})

test('the end of a consent does not lower the count again for a deleted quote', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  const gone = await quote(t, bob, post)
  await quote(t, bob, post)
  await t.db.transaction((tx) => deleteStatus(tx, bob, gone))
  await t.db.transaction((tx) => revokeQuote(tx, alice, post, gone))
  expect((await view(t, null, post)).quotesCount).toBe(1)
  expect(await t.jobPayloads('federate')).not.toContainEqual(
    expect.objectContaining({ event: { type: 'status.refreshed', statusId: gone } }),
  )
})

test('the quoted author can revoke a quote, and a deleted quoted post is not shown', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  const first = await quote(t, bob, post)
  const second = await quote(t, bob, post)
  await expect(t.db.transaction((tx) => revokeQuote(tx, bob, post, first))).rejects.toMatchObject({ code: 'not_found' })
  for (let times = 0; times < 2; times++) await t.db.transaction((tx) => revokeQuote(tx, alice, post, first))
  expect(await shown(t, null, first)).toMatchObject({ state: 'revoked', status: null })
  expect((await view(t, null, post)).quotesCount).toBe(1)
  expect(await types(t, alice)).toEqual(['quote'])
  expect(await quotesOf(t.db, alice, post, { limit: 20 })).toEqual([second])

  const third = await quote(t, bob, post)
  await t.db.transaction((tx) => deleteStatus(tx, bob, third))
  expect((await view(t, null, post)).quotesCount).toBe(1)
  await t.db.transaction((tx) => deleteStatus(tx, alice, post))
  expect(await shown(t, null, second)).toMatchObject({ state: 'deleted', status: null })
})

test('the author of a quote is notified when the quoted post is edited', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  const id = await quote(t, bob, post)
  for (let times = 0; times < 2; times++) await t.db.transaction((tx) => notifyOfEdit(tx, post, null))
  const { views } = await loadNotificationPage(t.db, bob, {}, { limit: 40 })
  expect(views.map(({ type, status }) => [type, status?.id])).toEqual([['quoted_update', id]])
})

test('a viewer’s blocks and mutes also apply to quoted posts', async () => {
  await using t = await database()
  const [alice, bob, carl] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carl'),
  ]
  const post = await status(t, alice)
  const id = await quote(t, bob, post)
  await t.db.transaction((tx) => mute(tx, carl, alice))
  expect(await shown(t, carl, id)).toMatchObject({ state: 'muted_account', status: { id: post } })
  await t.db.transaction((tx) => block(tx, t.app.uris, carl, alice))
  expect(await shown(t, carl, id)).toMatchObject({ state: 'blocked_account', status: { id: post } })
  // Asked for by itself, it stays hidden.
  expect(await loadStatusView(t.db, carl, post)).toBeUndefined()
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, carl))
  expect(await shown(t, carl, id)).toMatchObject({ state: 'unauthorized', status: null })
  await expect(quote(t, carl, post)).rejects.toMatchObject({ code: 'not_found' })
})

test('a quote of a remote post waits for the consent of its author', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await remoteAccount(t, 'bob')
  const closed = await remoteStatus(t, bob)
  await expect(quote(t, alice, closed)).rejects.toMatchObject({ code: 'invalid' })

  const open = await remoteStatus(t, bob, { quotePolicy: { automatic: ['public'], manual: [] } })
  const id = await quote(t, alice, open)
  expect(await shown(t, alice, id)).toMatchObject({ state: 'pending', status: null })
  expect((await view(t, null, open)).quotesCount).toBe(0)
  expect(await t.jobPayloads('federate')).toContainEqual(
    expect.objectContaining({ event: { type: 'quote.requested', statusId: id } }),
  )
})
