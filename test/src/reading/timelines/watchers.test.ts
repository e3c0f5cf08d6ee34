/** Streams show the same statuses as pages: the same rules check one status for many readers, and many statuses for one reader. */
import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccountId, type ListId, newId, type StatusId } from '#src/platform/ids.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { listTimeline } from '#src/reading/timelines/list.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { homeWatchers, listWatchers, loadStreamTraits, publicWatchers } from '#src/reading/timelines/watchers.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const people = 4
const who = fc.nat(people - 1)
const world = fc.record({
  follows: fc.uniqueArray(
    fc.record({ from: who, to: who, showsReblogs: fc.boolean(), languages: fc.constantFrom(null, '{en}', '{de}') }),
    { selector: ({ from, to }) => `${from} ${to}`, minLength: 4, maxLength: 10 },
  ),
  blocks: fc.uniqueArray(fc.record({ from: who, to: who }), {
    selector: ({ from, to }) => `${from} ${to}`,
    maxLength: 2,
  }),
  mutes: fc.uniqueArray(fc.record({ from: who, to: who, isOver: fc.boolean() }), {
    selector: ({ from, to }) => `${from} ${to}`,
    maxLength: 2,
  }),
  lists: fc.array(
    fc.record({
      owner: who,
      member: who,
      policy: fc.constantFrom('followed', 'list', 'none'),
      isExclusive: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  tagged: fc.array(who, { maxLength: 2 }),
  blocksDomain: fc.option(who),
  silenced: fc.option(who),
  posts: fc.array(
    fc.record({
      author: who,
      visibility: fc.constantFrom('public', 'unlisted', 'private', 'direct'),
      language: fc.constantFrom(null, 'en', 'de', 'en-GB'),
      repliesTo: fc.option(fc.nat(5)),
      boosts: fc.option(fc.nat(5)),
      hasTag: fc.boolean(),
      names: fc.option(who),
    }),
    { minLength: 5, maxLength: 9 },
  ),
})
type World = Parameters<
  Parameters<typeof fc.asyncProperty<[typeof world extends fc.Arbitrary<infer T> ? T : never]>>[1]
>[0]

test('streams show exactly the statuses that the home, list and public timelines show', async () => {
  await using t = await database()
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const { viewers, statuses, lists } = await make(t, given)
      const page = { limit: 1_000 }
      const shown = async (timeline: (viewer: AccountId) => Promise<StatusId[]>) =>
        new Map(await Promise.all(viewers.map(async (id) => [id, new Set(await timeline(id))] as const)))
      const [homes, publics] = [
        await shown((id) => homeTimeline(t.db, id, page)),
        await shown((id) => publicTimeline(t.db, id, {}, page)),
      ]
      const ofLists = new Map(
        await Promise.all(
          lists.map(async ({ id, owner }) => [id, new Set(await listTimeline(t.db, owner, id, page))] as const),
        ),
      )
      for (const id of statuses) {
        expect(new Set(await homeWatchers(t.db, id, viewers))).toEqual(
          new Set(viewers.filter((viewer) => homes.get(viewer)?.has(id))),
        )
        const traits = await loadStreamTraits(t.db, id)
        expect(new Set(traits?.answersOthers ? [] : await publicWatchers(t.db, id, viewers))).toEqual(
          new Set(viewers.filter((viewer) => publics.get(viewer)?.has(id))),
        )
        const listIds = lists.map((list) => list.id)
        expect(new Set(await listWatchers(t.db, id, listIds))).toEqual(
          new Set(listIds.filter((list) => ofLists.get(list)?.has(id))),
        )
      }
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

let worlds = 0

/** Three local accounts and a remote one, their relationships, and their posts. */
async function make(t: TestDatabase, { follows, blocks, mutes, lists, tagged, blocksDomain, silenced, posts }: World) {
  const n = ++worlds
  const ids: AccountId[] = [await remoteAccount(t, `carol${n}`, `remote${n}.test`)]
  for (const name of ['alice', 'bob', 'dave']) ids.push(await localAccount(t, `${name}${n}`))
  const id = (i: number): AccountId => ids[i] ?? (ids[0] as AccountId)
  const apart = <T extends { from: number; to: number }>(pairs: T[]): T[] => pairs.filter(({ from, to }) => from !== to)

  for (const { from, to, showsReblogs, languages } of apart(follows)) {
    await t.db.execute(
      sql`insert into follows (id, follower_id, target_id, uri, shows_reblogs, languages) values (${newId()}, ${id(from)}, ${id(to)}, ${crypto.randomUUID()}, ${showsReblogs}, ${languages}::text[])`,
    )
  }
  const made: { id: ListId; owner: AccountId }[] = []
  for (const { owner, member, policy, isExclusive } of lists.filter(({ owner }) => owner > 0)) {
    const list = newId<ListId>()
    made.push({ id: list, owner: id(owner) })
    await t.db.execute(
      sql`insert into lists (id, account_id, title, replies_policy, is_exclusive) values (${list}, ${id(owner)}, 'List', ${policy}, ${isExclusive})`,
    )
    await t.db.execute(
      sql`insert into list_accounts (id, list_id, account_id) values (${newId()}, ${list}, ${id(member)})`,
    )
  }

  const statuses: StatusId[] = []
  for (const { author, visibility, language, repliesTo, boosts, hasTag, names } of posts) {
    const text = `Post ${hasTag ? `#birds${n}` : ''} ${names ? `@${['carol', 'alice', 'bob', 'dave'][names]}${n}` : ''}`
    const parent = repliesTo === null ? undefined : statuses[repliesTo]
    const boosted = boosts === null ? undefined : statuses[boosts]
    const written = boosted
      ? await t.db.transaction((tx) => reblog(tx, t.app.uris, id(author), boosted)).catch(() => null)
      : await status(t, id(author), {
          text,
          visibility,
          ...(language ? { language } : {}),
          ...(parent ? { inReplyToId: parent } : {}),
        }).catch(() => null)
    if (written && !statuses.includes(written)) statuses.push(written)
  }
  await t.db.execute(sql`update statuses set is_local = false where account_id = ${id(0)}`)

  // Made last, as a block prevents mentions and boosts.
  for (const { from, to } of apart(blocks))
    await t.db.execute(
      sql`insert into blocks (id, account_id, target_id, uri) values (${newId()}, ${id(from)}, ${id(to)}, ${crypto.randomUUID()})`,
    )
  for (const { from, to, isOver } of apart(mutes)) {
    await t.db.execute(
      sql`insert into mutes (id, account_id, target_id, expires_at) values (${newId()}, ${id(from)}, ${id(to)}, ${isOver ? '2020-01-01' : null}::timestamptz)`,
    )
  }
  for (const follower of new Set(tagged)) {
    await t.db.execute(
      sql`insert into tag_follows (id, account_id, tag_id) select ${newId()}::bigint, ${id(follower)}::bigint, id from tags where name = ${`birds${n}`}`,
    )
  }
  if (blocksDomain !== null)
    await t.db.execute(
      sql`insert into account_domain_blocks (id, account_id, domain) values (${newId()}, ${id(blocksDomain)}, ${`remote${n}.test`})`,
    )
  if (silenced !== null) await t.db.execute(sql`update accounts set silenced_at = now() where id = ${id(silenced)}`)
  return { viewers: ids.slice(1), statuses, lists: made }
}
