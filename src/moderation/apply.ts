/**
 * The `apply-domain-rules` job: brings the stored data of other servers in line with the rules about them. It compares each
 * server with the current rules, so it works alike for rules that were set, lifted or imported, and for limited federation.
 * It may be repeated, and undoes only what a rule did.
 */
import { sql } from 'drizzle-orm'
import { emitAll } from '../outbox/emit.ts'
import type { Jobs } from '../outbox/jobs.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { jobParts } from '../platform/queue/parts.ts'
import { finishSeverances } from '../relationships/severance.ts'
import { loadRulebook } from '../rules/servers/current.ts'
import {
  coversHost,
  rejectsFilesNear,
  effectiveRule,
  type EffectiveRule,
  strictest,
} from '../rules/servers/rulebook.ts'
import { dropDeliveries } from './drop-deliveries.ts'
import { removeCopiesOf, removeMediaOf, removePreviewsOf } from './remove-media.ts'
import { severFollows } from './sever.ts'

/** A server as its accounts name it: the host of their handles, and the host of their ids. */
type Server = { domain: string; uriHost: string }

const serversAtATime = 1_000
const accountsAtATime = 500

export async function applyDomainRules(
  db: Db,
  { domain }: Jobs['apply-domain-rules'],
  signal?: AbortSignal,
): Promise<void> {
  const book = await loadRulebook(db)
  const concerns = (host: string) => domain === null || coversHost(domain, host)
  // Deliveries first: a sent activity can't be called back.
  const parts = jobParts(signal)
  await parts.run('deliveries', () =>
    dropDeliveries(db, (host) => concerns(host) && effectiveRule(book, host).severity === 'suspend', signal),
  )
  for await (const server of servers(db)) {
    if (!concerns(server.domain) && !concerns(server.uriHost)) continue
    await parts.run(server.domain, () =>
      apply(db, server, strictest([effectiveRule(book, server.domain), effectiveRule(book, server.uriHost)]), signal),
    )
  }
  const isRejected = (host: string) => concerns(host) && effectiveRule({ ...book, isLimited: false }, host).rejectsMedia
  // These two read all rows, so skip them where no rule rejects files.
  if (rejectsFilesNear(book, domain)) {
    await parts.run('previews', () => removePreviewsOf(db, isRejected))
    await parts.run('copies', () => removeCopiesOf(db, isRejected))
  }
  // Accounts that lost follows get one notification for all of them.
  parts.end()
  await finishSeverances(db, 'domain_block')
}

/**
 * Leaps from one server to the next in the index (a loose index scan), so the cost does not depend on the number of
 * accounts.
 */
async function* servers(db: Db): AsyncGenerator<Server> {
  for (let last: Server = { domain: '', uriHost: '' }, count = serversAtATime; count === serversAtATime;) {
    const { rows } = await db.execute<Server>(sql`
      with recursive leap as (
        (select domain, uri_host from accounts where domain is not null and (domain, uri_host) > (${last.domain}, ${last.uriHost}) order by domain, uri_host limit 1)
        union all
        select next.domain, next.uri_host from leap cross join lateral (
          select domain, uri_host from accounts where domain is not null and (domain, uri_host) > (leap.domain, leap.uri_host) order by domain, uri_host limit 1) next
      )
      select domain, uri_host as "uriHost" from leap limit ${serversAtATime}`)
    yield* rows
    count = rows.length
    last = rows.at(-1) ?? last
  }
}

async function apply(db: Db, server: Server, rule: EffectiveRule, signal: AbortSignal | undefined): Promise<void> {
  const isSuspended = rule.severity === 'suspend'
  const isSilenced = rule.severity === 'silence'
  await eachBatch(db, server, signal, async (ids) => {
    const list = arrayOf(ids)
    await db.execute(
      isSuspended
        ? sql`update accounts set suspended_at = now(), suspended_by = 'domain' where id = any(${list}::bigint[]) and suspended_at is null`
        : sql`update accounts set suspended_at = null, suspended_by = null where id = any(${list}::bigint[]) and suspended_by = 'domain' and deleted_at is null`,
    )
    if (isSilenced)
      await db.execute(
        sql`update accounts set silenced_at = now(), silenced_by = 'domain' where id = any(${list}::bigint[]) and silenced_at is null`,
      )
    else await db.transaction((tx) => unsilence(tx, list))
  })
  // All accounts are hidden before the longer work begins.
  if (isSuspended) await eachBatch(db, server, signal, (ids) => severFollows(db, ids, rule.rule ?? server.domain))
  if (rule.rejectsMedia && !isSuspended)
    await removeMediaOf(db, server.domain, (work) => eachBatch(db, server, signal, work))
}

/** Lifts the limits, and queues that requests that were asked only because of the limit are accepted. */
async function unsilence(tx: Tx, list: string): Promise<void> {
  const { rows } = await tx.execute<{ accountId: AccountId }>(sql`
    with freed as (update accounts set silenced_at = null, silenced_by = null where id = any(${list}::bigint[]) and silenced_by = 'domain' returning id)
    select id as "accountId" from freed where exists (select from follow_requests r where r.follower_id = freed.id)`)
  await emitAll(
    tx,
    rows.map(({ accountId }) => ({ type: 'account.opened', accountId })),
  )
}

async function eachBatch(
  db: Db,
  { domain, uriHost }: Server,
  signal: AbortSignal | undefined,
  work: (ids: AccountId[]) => Promise<void>,
): Promise<void> {
  for (let after = '0' as AccountId, count = accountsAtATime; count === accountsAtATime;) {
    signal?.throwIfAborted()
    const { rows } = await db.execute<{ id: AccountId }>(sql`
      select id from accounts where domain = ${domain} and uri_host = ${uriHost} and id > ${after} order by id limit ${accountsAtATime}`)
    if (rows.length > 0) await work(rows.map(({ id }) => id))
    count = rows.length
    after = rows.at(-1)?.id ?? after
  }
}
