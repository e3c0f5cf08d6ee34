/** Finds people, posts and tags of each kind in the big bench's database, and gives readers their tokens. */
import { sql } from 'drizzle-orm'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { outOfBand } from '#src/accounts/sessions/redirect-uris.ts'
import { scopes } from '#src/accounts/sessions/scopes.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { type Reader } from './rows.ts'
import type { Cast } from './scenes.ts'

export async function castOf(db: Db): Promise<Cast> {
  const {
    rows: [found],
  } = await db.execute<Omit<Cast, 'tokens' | 'reader' | 'listId' | 'longThread' | 'leaving'>>(sql`
    select
      (select account_id::text from account_stats s join accounts a on a.id = account_id where domain is not null and deleted_at is null order by statuses_count desc limit 1) as "busyRemote",
      (select json_build_object('id', a.id::text, 'username', username) from account_stats s join accounts a on a.id = account_id where domain is null and deleted_at is null order by followers_count desc limit 1) as "busyLocal",
      (select account_id::text from users where confirmed_at is null order by created_at desc limit 1) as applicant,
      (select t.name from tags t join status_tags s on s.tag_id = t.id group by t.id order by count(*) desc limit 1) as tag,
      (select t.name from tags t join status_tags s on s.tag_id = t.id group by t.id order by count(*) limit 1) as "rareTag",
      (select domain from (select domain from accounts where domain is not null group by domain having count(*) between 50 and 500 order by count(*) desc) d limit 1) as domain`)
  if (!found) throw new Error('There is no such account')
  const {
    rows: [thread],
  } = await db.execute<{ id: StatusId }>(sql`
    select s.thread_id::text as id from (select status_id from status_stats order by replies_count desc limit 1) most join statuses s on s.id = most.status_id`)
  const {
    rows: [leaving],
  } = await db.execute<{ id: AccountId }>(sql`
    select account_id::text as id from account_stats s join accounts a on a.id = account_id where domain is not null and deleted_at is null and suspended_at is null and statuses_count > 50 order by statuses_count limit 1`)
  const { rows: people } = await db.execute<{ name: Reader; id: AccountId }>(
    sql`select name, id::text as id from bench.readers`,
  )
  const tokens = {} as Record<Reader, string>
  const reader = {} as Record<Reader, AccountId>
  await db.transaction(async (tx) => {
    const application = await createApplication(tx, {
      name: 'Bench',
      website: null,
      redirectUris: [outOfBand],
      scopes: [...scopes],
    })
    for (const { name, id } of people) {
      reader[name] = id
      tokens[name] = (await issueToken(tx, application.id, id, [...scopes])).token
    }
  })
  if (!thread || !leaving) throw new Error('There are no posts')
  const listId = String(BigInt(reader.thousand) + 1n)
  return { ...found, longThread: thread.id, leaving: leaving.id, tokens, reader, listId }
}
