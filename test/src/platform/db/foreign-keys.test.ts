import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { database, type TestDatabase } from '../../../database.ts'

type ForeignKey = { name: string; table: string; columns: string[]; indexes: string[] }

/** Foreign keys whose columns have no index, each with the reason why its referenced rows may go slowly. */
const withoutIndex: Record<string, string> = {}

/**
 * Foreign keys with the indexes that find the rows of any referenced one: their first columns are those of the key, in any order,
 * and they hold every row, or every row in which the column is set. A referenced row is looked for by `column = $1`, which no
 * null meets.
 */
async function foreignKeys({ db }: TestDatabase): Promise<ForeignKey[]> {
  const { rows } = await db.execute<ForeignKey>(sql`
    select c.conname as name, c.conrelid::regclass::text as table,
      array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k order by 1) as columns,
      array(
        select i.indexrelid::regclass::text from pg_index i
        where i.indrelid = c.conrelid and i.indisvalid
          and array(select unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) order by 1) = array(select unnest(c.conkey) order by 1)
          and (i.indpred is null or (cardinality(c.conkey) = 1 and pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)',
            (select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]))))
      ) as indexes
    from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
    order by 2, 1`)
  return rows
}

test('every foreign key has an index, or a reason for none', async () => {
  await using t = await database()
  const bare = (await foreignKeys(t)).filter(({ indexes }) => indexes.length === 0).map(({ name }) => name)
  expect(bare).toEqual(Object.keys(withoutIndex).toSorted())
})

test('PostgreSQL’s own statements for foreign keys can use these indexes, also partial ones without nulls', async () => {
  await using t = await database()
  const keys = await foreignKeys(t)
  expect(keys.length).toBeGreaterThan(50)
  await t.db.transaction(async (tx) => {
    // Tables without rows are read in whole otherwise, as they cost nothing.
    await tx.execute(sql`set local enable_seqscan = off`)
    for (const { name, table, columns, indexes } of keys.filter(({ indexes: found }) => found.length > 0)) {
      const where = columns.map((column, i) => `$${i + 1} operator(pg_catalog.=) ${column}`).join(' and ')
      const { rows } = await tx.execute<{ 'QUERY PLAN': string }>(
        sql.raw(`explain (generic_plan) delete from only ${table} where ${where}`),
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect.soft(plan, name).toMatch(new RegExp(`using (${indexes.join('|')}) |on (${indexes.join('|')}) `))
    }
  })
})
