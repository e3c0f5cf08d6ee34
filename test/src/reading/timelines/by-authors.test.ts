/** A timeline has the same pages for any number of authors, whichever way it is read. */
import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrayOf } from '#src/platform/db/arrays.ts'
import { type AccountId, byAge, newId, type StatusId } from '#src/platform/ids.ts'
import { type AuthorsTimeline, readByAuthors, type Sizes } from '#src/reading/timelines/by-authors.ts'
import { localAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'

/** All statuses except direct ones. */
const timeline: AuthorsTimeline<Record<string, never>> = { name: 'test', rule: () => sql`visibility <> 'direct'` }

const fewAuthors: Sizes = { few: 100, scanned: 1 }
const manyAuthors = (scanned: number): Sizes => ({ few: 0, scanned })

test('pages of a timeline of authors have no gaps, in both directions, whether read by author or by time', async () => {
  await using t = await database()
  const people: AccountId[] = []
  for (const name of ['ann', 'bob', 'cem', 'dan']) people.push(await localAccount(t, name))
  const followed = arrayOf(people.slice(0, 2))
  const story = fc.array(
    fc.record({ author: fc.nat(3), isDirect: fc.boolean(), hoursSince: fc.constantFrom(0, 0, 0, 1, 24, 10_000) }),
    { minLength: 1, maxLength: 60 },
  )

  await fc.assert(
    fc.asyncProperty(
      story,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 20 }),
      async (posts, limit, scanned) => {
        await t.db.execute(sql`truncate statuses cascade`)
        let at =
          BigInt(newId()) - ((BigInt(posts.reduce((sum, { hoursSince }) => sum + hoursSince, 0)) * 3_600_000n) << 16n)
        const expected: StatusId[] = []
        const rows = posts.map(({ author, isDirect, hoursSince }) => {
          at += ((BigInt(hoursSince) * 3_600_000n) << 16n) + 1n
          if (author < 2 && !isDirect) expected.unshift(String(at) as StatusId)
          return { id: String(at), account: people[author], visibility: isDirect ? 'direct' : 'public' }
        })
        await t.db.execute(sql`
        insert into statuses (id, account_id, visibility, uri, url, thread_id, is_local)
        select id, account, visibility, 'uri:' || id, 'url:' || id, id, true from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id bigint, account bigint, visibility text)`)

        for (const sizes of [fewAuthors, manyAuthors(scanned)]) {
          const read = async (page: Parameters<typeof readByAuthors>[4]) =>
            (await readByAuthors(t.db, timeline, followed, {}, page, sizes)).map(({ id }) => id)
          const down: StatusId[] = []
          for (let page = await read({ limit }); page.length > 0; page = await read({ limit, maxId: down.at(-1) }))
            down.push(...page)
          expect(down).toEqual(expected)
          const up: StatusId[] = []
          for (
            let page = await read({ limit, minId: '1' });
            page.length > 0;
            page = await read({ limit, minId: up[0] })
          )
            up.unshift(...page)
          expect(up).toEqual(expected)
          const middle = expected[Math.floor(expected.length / 2)] ?? ('1' as StatusId)
          expect(await read({ limit, sinceId: middle })).toEqual(
            expected.filter((id) => byAge(id, middle) > 0).slice(0, limit),
          )
        }
      },
    ),
    { numRuns: 25 },
  )
})
