import { type SQL, sql } from 'drizzle-orm'
import { type EmojisIn, type EmojiView, loadEmojiViews } from '../media/emojis/views.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { jsonRow, revive } from '../platform/db/json.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import { statement } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'
import { acctOf } from '../text/acct.ts'
import { isPresent } from './find.ts'
import { type Badge, badgeOf, type Holder, loadRoles, type Roles } from './roles/roles.ts'

/** What the view of an account takes from elsewhere. */
type Parts = { emojisIn: EmojisIn; roles: Roles; moved: AccountView | null }

/** Columns that nothing shows; a JSON object of PostgreSQL has at most 50 keys. */
const unshown = ['refreshQueuedAt', 'purgeAt', 'missingSince', 'backfillDueAt'] as const
type Row = Omit<typeof accounts.$inferSelect, (typeof unshown)[number]>

/** A public profile with its counters, as pages, the API and other servers see it. */
export type AccountView = Omit<Row, 'noteSource'> & {
  isLocal: boolean
  /** The role that its profile shows, if any. */
  badge: Badge | null
  /** Handle, without the host for local accounts: `alice`, or `bob@remote.example`. */
  acct: string
  statusesCount: number
  followersCount: number
  followingCount: number
  /** Whether its server does not tell its counts, so that they have only what this server knows. */
  areCountsPartial: boolean
  lastStatusAt: Date | null
  /** The account that this one moved to, if this server knows it. That view has no `moved` of its own. */
  moved: AccountView | null
  /** The custom emojis in its name, biography and fields. */
  emojis: EmojiView[]
}

/**
 * Views of accounts by id, in at most 3 queries, in the order of the ids. Missing accounts, and those that are not
 * public yet, are left out.
 */
export async function loadAccountViews(db: Reader, ids: AccountId[]): Promise<AccountView[]> {
  const byId = await loadAccountMap(db, ids)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export async function loadAccountMap(db: Reader, ids: AccountId[]): Promise<Map<AccountId, AccountView>> {
  return toMap(db, await loadRows(db, ids))
}

/** Views of people who wait for approval. Only moderators may see them. */
export async function loadWaitingAccounts(db: Reader, ids: AccountId[]): Promise<Map<AccountId, AccountView>> {
  return ids.length === 0 ? new Map() : toMap(db, toLoaded(await findWaiting(db, { ids: arrayOf(ids) })))
}

/**
 * Views of accounts in any state: unconfirmed, waiting, deleted. Only staff may see them.
 *
 * @param options `isWhole`: with the profiles of suspended accounts, which the views of the API leave out
 */
export async function loadStaffViews(
  db: Reader,
  ids: AccountId[],
  { isWhole = false } = {},
): Promise<Map<AccountId, AccountView>> {
  if (ids.length === 0) return new Map()
  const rows = await findAll(db, { ids: arrayOf(ids) })
  return toMap(db, isWhole ? toWhole(rows) : toLoaded(rows))
}

async function toMap(db: Reader, rows: Loaded[]): Promise<Map<AccountId, AccountView>> {
  // Few accounts have moved, and few use emojis: mostly neither call queries the database.
  const moved = await loadRows(
    db,
    rows.flatMap(({ account }) => account.movedToId ?? []),
  )
  const emojisIn = await loadEmojiViews(
    db,
    [...rows, ...moved].map(({ account }) => ({ domain: account.domain, texts: textsOf(account) })),
  )
  const roles = [...rows, ...moved].some(({ holder }) => mayShowRole(holder)) ? await loadRoles(db) : new Map()
  const targets = new Map(moved.map((row) => [row.account.id, toView(row, { emojisIn, roles, moved: null })]))
  return new Map(
    rows.map((row) => [
      row.account.id,
      toView(row, { emojisIn, roles, moved: (row.account.movedToId && targets.get(row.account.movedToId)) ?? null }),
    ]),
  )
}

type Loaded = { account: Row; stats: typeof accountStats.$inferSelect | null; holder: Holder | null }

const accountRows = (wanted: SQL, presence: SQL = isPresent): SQL => sql`
  select json_build_object('account', ${jsonRow(accounts, unshown)}, 'stats', case when account_stats is null then null else ${jsonRow(accountStats)} end,
    'holder', (select json_build_object('role', role, 'roleId', role_id::text) from users where users.account_id = ${accounts.id})) as row
  from accounts left join account_stats on ${accountStats.accountId} = ${accounts.id}
  where ${accounts.id} ${wanted} and ${presence}`

const findRows = statement<{ ids: string }, { row: Loaded }>('account_rows', ({ ids }) =>
  accountRows(sql`= any(${ids}::bigint[])`),
)
// PostgreSQL expects 10 ids of a list that it can't see, and would plan a list of one anew each time.
const findRow = statement<{ id: AccountId }, { row: Loaded }>('account_row', ({ id }) =>
  accountRows(sql`= ${id}::bigint`),
)
const findWaiting = statement<{ ids: string }, { row: Loaded }>('waiting_account_rows', ({ ids }) =>
  accountRows(
    sql`= any(${ids}::bigint[])`,
    sql`exists (select from users waiting where waiting.account_id = ${accounts.id} and waiting.confirmed_at is not null and waiting.approved_at is null)`,
  ),
)

const findAll = statement<{ ids: string }, { row: Loaded }>('all_account_rows', ({ ids }) =>
  accountRows(sql`= any(${ids}::bigint[])`, sql`true`),
)

async function loadRows(db: Reader, ids: AccountId[]): Promise<Loaded[]> {
  const [first, ...others] = new Set(ids)
  if (!first) return []
  const rows =
    others.length === 0 ? await findRow(db, { id: first }) : await findRows(db, { ids: arrayOf([first, ...others]) })
  return toLoaded(rows)
}

const toWhole = (rows: { row: Loaded }[]): Loaded[] =>
  rows.map(({ row }) => ({
    account: revive(accounts, row.account),
    stats: row.stats && revive(accountStats, row.stats),
    holder: row.holder,
  }))

const toLoaded = (rows: { row: Loaded }[]): Loaded[] =>
  toWhole(rows).map(({ account, ...rest }) => ({ account: hideSuspended(account), ...rest }))

/** Hides the profile of a suspended account: others see only that the account exists. */
function hideSuspended(row: Row): Row {
  if (!row.suspendedAt) return row
  const images = {
    avatarFile: null,
    headerFile: null,
    avatarRemoteUrl: null,
    headerRemoteUrl: null,
    avatarDescription: '',
    headerDescription: '',
  }
  return {
    ...row,
    ...images,
    displayName: '',
    note: '',
    fields: [],
    attributionDomains: [],
    alsoKnownAs: [],
    movedToId: null,
    isLocked: false,
    isDiscoverable: false,
    isIndexable: false,
  }
}

/** Everybody's role is no badge, so that most views need no roles. */
const mayShowRole = (holder: Holder | null): boolean =>
  holder !== null && (holder.role !== 'user' || holder.roleId !== null)

const textsOf = ({ displayName, note, fields }: Row): string[] => [
  displayName,
  note,
  ...fields.flatMap(({ name, value }) => [name, value]),
]

function toView({ account: row, stats, holder }: Loaded, { emojisIn, roles, moved }: Parts): AccountView {
  const { noteSource: _, ...account } = row
  return {
    ...account,
    isLocal: account.domain === null,
    badge: holder && mayShowRole(holder) ? badgeOf(roles, holder) : null,
    acct: acctOf(account),
    // Here are only some posts and followers of a remote account. Its server's counts are better, unless they are lower.
    statusesCount: Math.max(stats?.statusesCount ?? 0, stats?.remoteStatusesCount ?? 0),
    followersCount: Math.max(stats?.followersCount ?? 0, stats?.remoteFollowersCount ?? 0),
    followingCount: Math.max(stats?.followingCount ?? 0, stats?.remoteFollowingCount ?? 0),
    areCountsPartial: account.domain !== null && (stats?.remoteFollowersCount ?? null) === null,
    lastStatusAt: stats?.lastStatusAt ?? null,
    moved,
    emojis: emojisIn(account.domain, textsOf(row)),
  }
}
