import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { bookmark } from '#src/statuses/interactions/bookmark.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { loadViewsFor } from '#src/statuses/views/views-for.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('views of a status for many viewers at once equal the views for each viewer', async () => {
  await using t = await database()
  const viewers: AccountId[] = []
  for (const name of ['alice', 'bob', 'carol', 'dave']) viewers.push(await localAccount(t, name))
  const [alice, bob, carol, dave] = viewers as [AccountId, AccountId, AccountId, AccountId]
  for (const follower of [bob, carol]) await makeFollow(t, follower, alice)
  await makeFollow(t, alice, bob)
  const poll = await status(t, alice, { text: 'Which #birds?', visibility: 'public' })
  await t.db.execute(sql`insert into polls (status_id, kind) values (${poll}, 'single')`)
  await t.db.execute(
    sql`insert into poll_options (status_id, position, title) values (${poll}, 0, 'Wren'), (${poll}, 1, 'Owl')`,
  )
  await t.db.execute(sql`insert into poll_votes (status_id, account_id, position) values (${poll}, ${carol}, 1)`)
  const plain = await status(t, alice, { text: 'A private word', visibility: 'private' })
  await t.db.transaction(async (tx) => {
    await favourite(tx, bob, poll)
    await bookmark(tx, carol, poll)
  })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, poll))
  const quote = await status(t, bob, { text: 'As she says' })
  await t.db
    .execute(sql`insert into quotes (id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state)
    select ${newId()}, ${quote}, ${bob}, id, account_id, uri, 'accepted' from statuses where id = ${plain}`)
  for (const [owner, keyword] of [
    [carol, 'birds'],
    [dave, 'wren'],
    [alice, 'birds'],
  ] as const) {
    const filter = newId()
    await t.db.execute(
      sql`insert into filters (id, account_id, title, contexts) values (${filter}, ${owner}, 'F', '{home}')`,
    )
    await t.db.execute(
      sql`insert into filter_keywords (id, filter_id, keyword) values (${newId()}, ${filter}, ${keyword})`,
    )
  }

  for (const id of [poll, plain, boost, quote]) {
    for (const order of [viewers, viewers.toReversed()]) {
      const views = await loadViewsFor(t.db, order, id)
      for (const viewer of viewers) expect(views.get(viewer)).toEqual(await loadStatusView(t.db, viewer, id))
    }
  }
  expect([...(await loadViewsFor(t.db, viewers, plain)).keys()]).toEqual([alice, bob, carol])
  expect((await loadViewsFor(t.db, viewers, boost)).get(carol)?.filtered).toHaveLength(1)
})
