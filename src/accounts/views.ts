import { type SQL, sql } from 'drizzle-orm'
import { type EmojisIn, type EmojiView, loadEmojiViews } from '../media/emojis/views.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { jsonRow, revive } from '../platform/db/json.ts'
import { accounts, accountStats, type Role } from '../platform/db/schema/accounts.ts'
import { statement } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'
import { acctOf } from '../text/acct.ts'
import { isPresent } from './find.ts'

type Row = typeof accounts.$inferSelect

/** A public profile with its counters: what pages, the API and other servers are shown of an account. */
export type AccountView = Omit<Row, 'noteSource'> & {
  isLocal: boolean
  /** What a local account may do on this server; null for remote and deleted ones. */
  role: Role | null
  /** Handle without our own host: `alice`, or `bob@remote.example`. */
  acct: string
  statusesCount: number
  followersCount: number
  followingCount: number
  lastStatusAt: Date | null
  /** Where the person went, if that is known here; of that account, no further move. */
  moved: AccountView | null
  /** What the shortcodes in its name, biography and fields stand for. */
  emojis: EmojiView[]
}

/** Views of accounts by id, in at most three queries, in the order of the ids; those that nobody may see yet, or that are missing, are left out. */
export async function loadAccountViews(db: Reader, ids: AccountId[]): Promise<AccountView[]> {
  const byId = await loadAccountMap(db, ids)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export async function loadAccountMap(db: Reader, ids: AccountId[]): Promise<Map<AccountId, AccountView>> {
  const rows = await loadRows(db, ids)
  // Few have moved, and few use emojis: mostly neither of these asks the database.
  const moved = await loadRows(
    db,
    rows.flatMap(({ account }) => account.movedToId ?? []),
  )
  const emojisIn = await loadEmojiViews(
    db,
    [...rows, ...moved].map(({ account }) => ({ domain: account.domain, texts: textsOf(account) })),
  )
  const targets = new Map(moved.map((row) => [row.account.id, toView(row, emojisIn, null)]))
  return new Map(
    rows.map((row) => [
      row.account.id,
      toView(row, emojisIn, (row.account.movedToId && targets.get(row.account.movedToId)) ?? null),
    ]),
  )
}

type Loaded = { account: Row; stats: typeof accountStats.$inferSelect | null; role: Role | null }

const accountRows = (wanted: SQL): SQL => sql`
  select json_build_object('account', ${jsonRow(accounts)}, 'stats', case when account_stats is null then null else ${jsonRow(accountStats)} end,
    'role', (select role from users where users.account_id = ${accounts.id})) as row
  from accounts left join account_stats on ${accountStats.accountId} = ${accounts.id}
  where ${accounts.id} ${wanted} and ${isPresent}`

const findRows = statement<{ ids: string }, { row: Loaded }>('account_rows', ({ ids }) =>
  accountRows(sql`= any(${ids}::bigint[])`),
)
// A list of one is planned each time anew, as PostgreSQL expects ten of a list that it doesn't see.
const findRow = statement<{ id: AccountId }, { row: Loaded }>('account_row', ({ id }) =>
  accountRows(sql`= ${id}::bigint`),
)

async function loadRows(db: Reader, ids: AccountId[]): Promise<Loaded[]> {
  const [first, ...others] = new Set(ids)
  if (!first) return []
  const rows =
    others.length === 0 ? await findRow(db, { id: first }) : await findRows(db, { ids: arrayOf([first, ...others]) })
  return rows.map(({ row }) => ({
    account: shownOf(revive(accounts, row.account)),
    stats: row.stats && revive(accountStats, row.stats),
    role: row.role,
  }))
}

/** Of a suspended account others see that it is there, and nothing that it said of itself. */
function shownOf(row: Row): Row {
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
  }
}

const textsOf = ({ displayName, note, fields }: Row): string[] => [
  displayName,
  note,
  ...fields.flatMap(({ name, value }) => [name, value]),
]

function toView({ account: row, stats, role }: Loaded, emojisIn: EmojisIn, moved: AccountView | null): AccountView {
  const { noteSource: _, ...account } = row
  return {
    ...account,
    isLocal: account.domain === null,
    role,
    acct: acctOf(account),
    // Of accounts elsewhere we see only some posts and followers; their servers know better, unless they know less.
    statusesCount: Math.max(stats?.statusesCount ?? 0, stats?.remoteStatusesCount ?? 0),
    followersCount: Math.max(stats?.followersCount ?? 0, stats?.remoteFollowersCount ?? 0),
    followingCount: Math.max(stats?.followingCount ?? 0, stats?.remoteFollowingCount ?? 0),
    lastStatusAt: stats?.lastStatusAt ?? null,
    moved,
    emojis: emojisIn(account.domain, textsOf(row)),
  }
}
