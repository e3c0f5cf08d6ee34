import type { Child, FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { loadRoles, roleOf, type Roles } from '#src/accounts/roles/roles.ts'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { maxActed } from '#src/moderation/accounts/act.ts'
import { findAccountIds, findAccounts, type StaffAccount } from '#src/moderation/accounts/find.ts'
import { maxSorted, parseRank, rankAccounts } from '#src/moderation/accounts/rank.ts'
import type { Reader } from '#src/platform/db/index.ts'
import type { Page } from '#src/platform/db/page.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { dayOf } from '#src/platform/time.ts'
import { acctOf } from '#src/text/acct.ts'
import { Avatar } from '../../../components/account.tsx'
import { Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { pageOf, Pagination } from '../../../components/pagination.tsx'
import { Ago, Day } from '../../../components/time.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { Chosen } from './chosen.tsx'
import { path, queryOf, type Search, SearchForm, searchOf } from './filters.tsx'

const perPage = 40

type Found = {
  accounts: StaffAccount[]
  /** Links to further pages. */
  links: Child
  /** The accounts on all pages, up to one more than can be acted on; null when there are no further pages. */
  matching: number | null
}

/** The list of accounts that a search finds. */
export async function listPage(
  c: C,
  query = new URL(c.req.url).searchParams,
  refusal: Refusal | null = null,
): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const search = await searchOf(c, query)
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const isWrong = search.problems.length > 0
  const { accounts, links, matching } = isWrong
    ? { accounts: [], links: null, matching: null }
    : await find(c, staff, search)
  const roles = await loadRoles(app.db)
  const { domain } = search.filter
  return page(
    c,
    t('admin.accounts'),
    <>
      <AdminHead here={path} />
      <Refused refusal={refusal} />
      <SearchForm search={search} />
      {!isWrong && <OrderHint search={search} />}
      {domain && hasPermission(staff.permissions, 'manage_federation') && (
        <p class="approvals-hint">
          <a href={`/admin/servers/rule?${new URLSearchParams({ host: domain })}`}>
            {t('accountList.serverRule', { host: domain })}
          </a>{' '}
          <span class="hint">{t('accountList.serverRuleHint')}</span>
        </p>
      )}
      {accounts.length === 0 ? (
        <div class="empty">{t('accountList.none')}</div>
      ) : (
        <Chosen search={search} ids={accounts.map(({ id }) => id)} matching={matching}>
          <div class="people">
            {accounts.map((account) => (
              <Entry account={account} roles={roles} />
            ))}
          </div>
        </Chosen>
      )}
      {links}
      {hasPermission(staff.permissions, 'manage_user_access') && (
        <p class="aside">
          <a href="/admin/accounts/reset-factors">{t('twoFactor.resetTitle')}</a>
        </p>
      )}
    </>,
    isWrong ? 422 : refusal ? statusOf(refusal) : 200,
  )
}

async function find(c: C, staff: Staff, search: Search): Promise<Found> {
  const { db } = c.var.app
  const { filter, order } = search
  const here = `${path}${queryOf(search)}`
  if (order === 'newest') {
    const wanted = pageOf(c, perPage)
    const accounts = await findAccounts(db, staff, filter, wanted)
    return {
      accounts,
      links: <Pagination path={here} page={wanted} cursors={accounts.map(({ id }) => id)} />,
      matching: await countMatching(db, staff, search, hasMore(wanted, accounts.length)),
    }
  }
  const after = parseRank(order, c.req.query('after') ?? '')
  const { accounts, next } = await rankAccounts(db, staff, filter, { order, after, limit: perPage })
  return {
    accounts,
    links: <Further here={here} after={after && `${after.key}_${after.id}`} next={next && `${next.key}_${next.id}`} />,
    matching: await countMatching(db, staff, search, after !== null || next !== null),
  }
}

const hasMore = ({ maxId, minId }: Page, count: number): boolean =>
  count >= perPage || maxId !== undefined || minId !== undefined

/** Only for a search that names some accounts: nobody acts on all that a server knows. */
async function countMatching(db: Reader, staff: Staff, search: Search, isMore: boolean): Promise<number | null> {
  if (!isMore || !search.isNarrow) return null
  return (await findAccountIds(db, staff, search.filter, { limit: maxActed + 1 })).length
}

const Further: FC<{ here: string; after: string | null; next: string | null }> = ({ here, after, next }) => {
  const { t } = useMessages()
  if (!after && !next) return null
  const and = here.includes('?') ? '&' : '?'
  return (
    <nav class="pagination" aria-label={t('common.pages')}>
      {after && <a href={here}>{t('accountList.first')}</a>}
      {next && (
        <a href={`${here}${and}after=${next}`} rel="next">
          {t('common.more')}
        </a>
      )}
    </nav>
  )
}

/** What an order leaves out. */
const OrderHint: FC<{ search: Search }> = ({ search: { order, isNarrow } }) => {
  const { t } = useMessages()
  if (order === 'newest') return null
  return (
    <p class="hint approvals-hint">
      {t(`accountList.orderHint_${order}`)} {isNarrow && t('accountList.orderHint_sorted', { max: maxSorted })}
    </p>
  )
}

/** An account with its states, and what staff want to know before they open it. */
const Entry: FC<{ account: StaffAccount; roles: Roles }> = ({ account, roles }) => {
  const { t } = useMessages()
  const { id, displayName } = account
  const handle = `@${acctOf(account)}`
  const badges = badgesOf(account).map((badge) => t(`accountList.${badge}`))
  const role = account.user && roleOf(roles, account.user).name
  return (
    <article class="person account-entry">
      <label class="approval-pick">
        <input type="checkbox" name="pick" value={id} aria-label={t('accountList.choose', { name: handle })} />
      </label>
      <div class="account-entry-body">
        <a href={`${path}/${id}`} class="person-link">
          <Avatar account={account} />
          <span class="person-names">
            {displayName && <bdi class="name">{displayName}</bdi>}
            <bdi class="handle">{handle}</bdi>
          </span>
        </a>
        {(role || badges.length > 0) && (
          <p class="account-badges">
            {role && <span class="tag">{t('accountList.hasRole', { role })}</span>}
            {badges.map((badge) => (
              <span class="tag tag-warm">{badge}</span>
            ))}
          </p>
        )}
        <Facts account={account} />
      </div>
    </article>
  )
}

const bySuspender = { moderator: 'isSuspended', domain: 'isSuspendedByRule', origin: 'isSuspendedByOrigin' } as const

function badgesOf({ suspendedAt, suspendedBy, silencedAt, silencedBy, sensitizedAt, user }: StaffAccount) {
  return [
    suspendedAt && bySuspender[suspendedBy ?? 'moderator'],
    silencedAt && (silencedBy === 'domain' ? ('isSilencedByRule' as const) : ('isSilenced' as const)),
    sensitizedAt && ('isSensitive' as const),
    user?.isDisabled ? ('isDisabled' as const) : null,
    user && !user.isConfirmed ? ('isUnconfirmed' as const) : null,
    user?.isConfirmed && !user.isApproved ? ('isPending' as const) : null,
  ].filter((badge) => badge !== null)
}

const Facts: FC<{ account: StaffAccount }> = ({ account }) => {
  const { t, rich } = useMessages()
  const { id, createdAt, lastStatusAt, openReports, strikesCount, user } = account
  const facts: Child[] = [
    rich(user ? 'accountList.signedUp' : 'accountList.knownSince', { age: <Ago at={user?.createdAt ?? createdAt} /> }),
    user?.lastActiveDay && rich('accountList.lastHere', { day: <Day day={user.lastActiveDay} /> }),
    lastStatusAt && rich('accountList.lastPost', { day: <Day day={dayOf(lastStatusAt)} /> }),
    openReports > 0 && (
      <a href={`/admin/reports?target=${id}`}>{t('accountList.openReports', { count: openReports })}</a>
    ),
    strikesCount > 0 && t('accountList.strikes', { count: strikesCount }),
  ].filter(Boolean)
  return (
    <ul class="applicant-facts">
      {facts.map((fact) => (
        <li>{fact}</li>
      ))}
    </ul>
  )
}
