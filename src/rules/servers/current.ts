/**
 * The current rules about other servers. Every request checks them, so a process caches them; at most once a second it asks
 * the database for their version, which every change raises. So a new rule holds everywhere a second later. A transaction that
 * stores remote data reads the rules itself (`rulesAbout`), so that it can't miss a change at the same moment.
 */
import { sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import { cached } from '../../platform/db/cache.ts'
import type { Db, Reader, Tx } from '../../platform/db/index.ts'
import { domainAllows, domainRules } from '../../platform/db/schema/moderation.ts'
import type { Uris } from '../../platform/uris.ts'
import { coveringDomains, type DomainRule, ruleHost, type Rulebook, takesFile, effectiveRule } from './rulebook.ts'

const maxAgeMs = 1_000

type State = { version: string; isLimited: boolean }
type Entry = { state: State; book: Rulebook }

/** The rules, at most a second old. */
export const rulebook = async (db: Db): Promise<Rulebook> => (await cachedEntry(db)).book

const cachedEntry = cached(maxAgeMs, async (db, before: Entry | null): Promise<Entry> => {
  const state = await stateOf(db)
  if (before && before.state.version === state.version)
    return { state, book: { ...before.book, isLimited: state.isLimited } }
  return { state, book: await loadRulebook(db) }
})

async function stateOf(db: Reader): Promise<State> {
  const { rows } = await db.execute<{ version: string | null; limited: boolean }>(sql`
    select max(value::text) filter (where name = ${versionName}) as version, coalesce(bool_or(value = 'true'::jsonb) filter (where name = 'limitedFederation'), false) as limited
    from settings where name in (${versionName}, 'limitedFederation')`)
  return { version: rows[0]?.version ?? '', isLimited: rows[0]?.limited === true }
}

const columns = {
  domain: domainRules.domain,
  severity: domainRules.severity,
  rejectsMedia: domainRules.rejectsMedia,
  rejectsReports: domainRules.rejectsReports,
}

/** The rules, read from the database. */
export async function loadRulebook(db: Reader): Promise<Rulebook> {
  // The state first: a change in between raises the version, so that the rules are read again.
  const { isLimited } = await stateOf(db)
  return toBook(
    await db.select(columns).from(domainRules),
    await db.select({ domain: domainAllows.domain }).from(domainAllows),
    isLimited,
  )
}

const toBook = (rules: DomainRule[], allowed: { domain: string }[], isLimited: boolean): Rulebook => ({
  rules: new Map(rules.map((rule) => [rule.domain, rule])),
  allowed: new Set(allowed.map(({ domain }) => domain)),
  isLimited,
})

/** The rules about some hosts, for a transaction that stores their data; changes of rules wait until it ends. */
export async function rulesAbout(tx: Tx, hosts: readonly (string | null)[]): Promise<Rulebook> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${lock})`)
  const named = [...new Set(hosts.flatMap((host) => (host === null ? [] : coveringDomains(host))))]
  const { isLimited } = await stateOf(tx)
  const rules =
    named.length === 0 ? [] : await tx.select(columns).from(domainRules).where(isOneOf(domainRules.domain, named))
  const allowed =
    isLimited && named.length > 0
      ? await tx.select({ domain: domainAllows.domain }).from(domainAllows).where(isOneOf(domainAllows.domain, named))
      : []
  return toBook(rules, allowed, isLimited)
}

/** Begins a change of rules: no transaction stores data by the old rules any more, and all processes read the new ones. */
export async function changingRules(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lock})`)
  await tx.execute(sql`insert into settings (name, value) values (${versionName}, '1'::jsonb)
    on conflict (name) do update set value = to_jsonb((settings.value #>> '{}')::bigint + 1)`)
}

const versionName = 'domainRulesVersion'
/** Any number that nothing else locks. */
const lock = sql.raw(`hashtextextended('domain rules', 0)`)

/** Whether any of the URIs lies on a suspended server. */
export async function isAnySuspended(db: Db, uris: readonly (string | null | undefined)[]): Promise<boolean> {
  const book = await rulebook(db)
  return uris.some((uri) => uri != null && effectiveRule(book, ruleHost(uri)).severity === 'suspend')
}

/** Whether files of a URL are shown here. */
export const takesFilesFrom = async (db: Db, url: string): Promise<boolean> => takesFile(await rulebook(db), url)

/**
 * Whether the rules refuse an activity.
 *
 * @param from its actor, and the actor that forwarded it
 * @param about the objects that it is about, which may lie on this server
 */
export async function isRefused(
  { db, uris }: { db: Db; uris: Uris },
  type: string,
  { from, about }: Record<'from' | 'about', (string | null)[]>,
): Promise<boolean> {
  const book = await rulebook(db)
  const senders = from.flatMap((uri) => (uri === null ? [] : effectiveRule(book, ruleHost(uri))))
  // Objects of a server that merely isn't allowed can't be fetched, or are hidden; activities about them are accepted.
  const objects = about.flatMap((uri) =>
    uri === null || uris.isOwn(uri) ? [] : effectiveRule({ ...book, isLimited: false }, ruleHost(uri)),
  )
  return (
    [...senders, ...objects].some(({ severity }) => severity === 'suspend') ||
    (type === 'Flag' && senders.some(({ rejectsReports }) => rejectsReports))
  )
}
