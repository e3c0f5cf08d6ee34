import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrationsIn, ownMigrations } from '#src/platform/db/migrations/files.ts'
import { readJournal } from './folder.ts'
import { lastRelease } from './release.ts'
import { breaches } from './rules.ts'

test('no migration since the last release delays or breaks processes of that release, unless it gives a reason', async () => {
  const released = new Set((await readJournal(lastRelease)).entries.map(({ tag }) => tag))
  const { entries } = await readJournal(ownMigrations)
  for (const { tag } of entries.filter((entry) => !released.has(entry.tag))) {
    expect(breaches(await readFile(join(ownMigrations, `${tag}.sql`), 'utf8')), tag).toEqual([])
  }
})

test('no migration since the last release removes tables or columns that the last release uses', async () => {
  const newest = (await readJournal(lastRelease)).entries.at(-1)?.when ?? 0
  for (const { tag, breaksBefore } of await migrationsIn(ownMigrations))
    expect(breaksBefore ?? 0, tag).toBeLessThanOrEqual(newest)
})

test('the migrations of the last release are unchanged', async () => {
  for (const { tag } of (await readJournal(lastRelease)).entries) {
    expect(await readFile(join(ownMigrations, `${tag}.sql`), 'utf8'), tag).toBe(
      await readFile(join(lastRelease, `${tag}.sql`), 'utf8'),
    )
  }
})

test.each([
  ['index-holds-up-writes', 'CREATE INDEX "a" ON "statuses" USING btree ("id")'],
  ['index-holds-up-writes', 'create unique index "a" on public.statuses ("id")'],
  ['concurrently-in-transaction', 'create index concurrently "a" on "statuses" ("id")'],
  ['not-repeatable', '-- outside of a transaction\nalter table "statuses" add column "a" int'],
  ['constraint-scans', 'ALTER TABLE "statuses" ADD CONSTRAINT "a" CHECK (id > 0)'],
  ['constraint-scans', 'ALTER TABLE "statuses" ADD CONSTRAINT "a" UNIQUE("url")'],
  [
    'constraint-scans',
    'ALTER TABLE "statuses" ADD CONSTRAINT "a" FOREIGN KEY ("b") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action',
  ],
  ['not-null-scans', 'ALTER TABLE "statuses" ALTER COLUMN "url" SET NOT NULL'],
  ['column-is-required', 'ALTER TABLE "statuses" ADD COLUMN "a" text NOT NULL'],
  ['rewrites-table', 'ALTER TABLE "statuses" ALTER COLUMN "url" SET DATA TYPE bytea'],
  [
    'rewrites-table',
    `ALTER TABLE "accounts" ADD COLUMN "uri_host" text GENERATED ALWAYS AS (split_part(uri, '/', 3)) STORED`,
  ],
  ['volatile-default', 'ALTER TABLE "statuses" ADD COLUMN "a" uuid DEFAULT gen_random_uuid() NOT NULL'],
  ['changes-rows', `UPDATE "statuses" SET "url" = ''`],
  ['removes-without-contract', 'ALTER TABLE "statuses" DROP COLUMN "url"'],
  ['removes-without-contract', 'DROP INDEX "statuses_url"'],
  ['removes-without-contract', 'ALTER TABLE "statuses" RENAME COLUMN "url" TO "page"'],
  ['alters-several-tables', 'alter table "a" add column "x" int;\nalter table "b" add column "x" int'],
  [
    'validates-with-others',
    'alter table "a" add constraint "c" check (id > 0) not valid;--> statement-breakpoint\nalter table "a" validate constraint "c"',
  ],
])('%s: a migration like this is refused, and allowed with a reason', (rule, text) => {
  expect(breaches(text)).toEqual([rule])
  const [first = '', ...rest] = text.split('\n')
  const excused = (excuse: string) =>
    (first.startsWith('-- ') ? [first, excuse, ...rest] : [excuse, first, ...rest]).join('\n')
  expect(breaches(excused(`-- allows ${rule}: the table has ten rows`))).toEqual([])
  expect(breaches(excused(`-- allows ${rule}:`))).toEqual([rule])
})

test.each([
  [
    'a new table with all that belongs to it',
    'CREATE TABLE "a" ("id" bigint PRIMARY KEY);--> statement-breakpoint\nALTER TABLE "a" ADD CONSTRAINT "b" FOREIGN KEY ("id") REFERENCES "public"."accounts"("id") ON DELETE cascade;--> statement-breakpoint\nCREATE INDEX "c" ON "a" USING btree ("id")',
  ],
  [
    'an index that is made concurrently',
    '-- outside of a transaction\nCREATE INDEX CONCURRENTLY "a" ON "statuses" ("id");--> statement-breakpoint\nalter table "statuses" validate constraint "b"',
  ],
  ['a constraint that is validated later', 'ALTER TABLE "statuses" ADD CONSTRAINT "a" CHECK (id > 0) NOT VALID'],
  [
    'a column with a default that is one value',
    `ALTER TABLE "statuses" ADD COLUMN "a" text DEFAULT 'update(me)' NOT NULL;ALTER TABLE "statuses" ADD COLUMN "b" timestamp DEFAULT now() NOT NULL`,
  ],
  [
    'a removal that names what has to be known',
    '-- breaks before 0009_unused\nALTER TABLE "statuses" DROP COLUMN "url"',
  ],
  [
    'a unique constraint of an index that is there',
    'ALTER TABLE "statuses" ADD CONSTRAINT "a" UNIQUE USING INDEX "a_idx"',
  ],
  ['storage settings', 'ALTER TABLE "statuses" SET (fillfactor = 80)'],
])('%s is allowed', (_, text) => {
  expect(breaches(text)).toEqual([])
})
