/** Accounts, with what staff do to them. */
import { Hono } from 'hono'
import { isStaff } from '#src/accounts/roles/permissions.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { approveApplicants, rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import type { EffectName } from '#src/moderation/accounts/effects.ts'
import { type AccountFilter, findAccounts, type StaffAccount } from '#src/moderation/accounts/find.ts'
import { purgeAccount } from '#src/moderation/accounts/purge.ts'
import { endEffect, strike } from '#src/moderation/accounts/strike.ts'
import { strikeForReport } from '#src/moderation/reports/strike-for-report.ts'
import type { Reader } from '#src/platform/db/index.ts'
import type { Page } from '#src/platform/db/page.ts'
import type { AccountId, ReportId, RoleId } from '#src/platform/ids.ts'
import type { ApiContext, Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, flag, id, idIfAny, isBlank, listIfGiven, params, text } from '../http/params.ts'
import { presentStaffAccount, presentStaffAccounts } from './present.ts'

const one = { id: id<AccountId>() }
const reads = requiresStaff('admin:read:accounts', 'manage_users')
const writes = requiresStaff('admin:write:accounts', 'manage_users')
const acts = requiresStaff('admin:write:accounts', 'manage_users', 'manage_reports')
const notAllowed = (): ApiError => new ApiError(403, 'This action is not allowed')

/** Texts that accounts are searched by; a trailing `%` of old apps means nothing, as they are beginnings anyway. */
const searched = {
  username: text().optional(),
  display_name: text().optional(),
  by_domain: text().optional(),
  email: text().optional(),
  ip: text().optional(),
}
type Searched = { [Name in keyof typeof searched]?: string | undefined }

const searchOf = ({ username, display_name: name, by_domain: domain, email, ip }: Searched): AccountFilter => {
  const given = (value: string | undefined) => value?.trim().replace(/%$/, '') || undefined
  return {
    username: given(username),
    displayName: given(name),
    domain: given(domain),
    email: given(email),
    address: given(ip),
  }
}

/** The roles of staff. */
const staffRoleIds = async (db: Reader): Promise<RoleId[]> =>
  [...(await loadRoles(db)).values()].filter(({ permissions }) => isStaff(permissions)).map((role) => role.id)

const states = ['active', 'pending', 'disabled', 'silenced', 'suspended', 'sensitized'] as const

/** All accounts that are not suspended are active here, as in Mastodon; on the website only those without any state. */
const stateOf = (state: (typeof states)[number] | undefined): Pick<AccountFilter, 'state' | 'isUnsuspended'> =>
  state === 'active' ? { isUnsuspended: true } : { state }

const flags = {
  local: flag().optional(),
  remote: flag().optional(),
  active: flag().optional(),
  pending: flag().optional(),
  disabled: flag().optional(),
  silenced: flag().optional(),
  suspended: flag().optional(),
  sensitized: flag().optional(),
  staff: flag().optional(),
}

/** The entities of a page of accounts, with its links. */
async function listed(c: ApiContext & { var: { staff: Staff } }, found: StaffAccount[], page: Page) {
  linkPage(
    c,
    page,
    found.map((account) => account.id),
    'since_id',
  )
  return presentStaffAccounts(c.var.app, c.var.staff, found)
}

const v1 = new Hono<Env>()
const v2 = new Hono<Env>()

/** Without flags, local accounts that are not suspended are listed. */
v1.get('/accounts', reads, params({ ...flags, ...searched, ...paged(100) }), async (c) => {
  const { app, staff, params } = c.var
  const found = await findAccounts(
    app.db,
    staff,
    {
      ...searchOf(params),
      origin: params.remote ? 'remote' : params.local || !params.by_domain ? 'local' : undefined,
      ...stateOf(states.findLast((state) => params[state]) ?? 'active'),
      roleIds: params.staff ? await staffRoleIds(app.db) : undefined,
    },
    toPage(params),
  )
  return c.json(await listed(c, found, toPage(params)))
})

v2.get(
  '/accounts',
  reads,
  params({
    origin: choice(['local', 'remote']).optional(),
    status: choice(states).optional(),
    permissions: choice(['staff']).optional(),
    role_ids: listIfGiven(text()),
    invited_by: idIfAny<AccountId>().optional(),
    ...searched,
    ...paged(100),
  }),
  async (c) => {
    const { app, staff, params } = c.var
    const { origin, status: state, permissions, role_ids: named, invited_by: invitedBy } = params
    // The role of everybody has a negative id. An unknown role is nobody's.
    const roleIds = permissions === 'staff' ? await staffRoleIds(app.db) : (named as RoleId[] | undefined)
    const found = await findAccounts(
      app.db,
      staff,
      { ...searchOf(params), ...stateOf(state), origin, invitedBy, roleIds },
      toPage(params),
    )
    return c.json(await listed(c, found, toPage(params)))
  },
)

v1.get('/accounts/:id', reads, params(one), async (c) =>
  c.json(await presentStaffAccount(c.var.app, c.var.staff, c.var.params.id)),
)

/** The data of a suspended account goes soon, by a job. */
v1.delete('/accounts/:id', requiresStaff('admin:write:accounts', 'delete_user_data'), params(one), async (c) => {
  const { app, staff, params } = c.var
  await app.db.transaction(async (tx) => purgeAccount(tx, await staffIn(c, tx), params.id))
  return c.json(await presentStaffAccount(app, staff, params.id))
})

v1.post(
  '/accounts/:id/action',
  acts,
  params({
    ...one,
    type: choice(['none', 'sensitive', 'disable', 'silence', 'suspend']).optional(),
    warning_preset_id: text().optional(),
    report_id: idIfAny<ReportId>().optional(),
    text: text().optional(),
    send_email_notification: flag().optional(),
  }),
  async (c) => {
    const { app, params } = c.var
    const { id: accountId, type: action, report_id: reportId, warning_preset_id: preset } = params
    if (!action) throw new ApiError(422, 'Validation failed: type can’t be blank')
    // To ignore it would leave its text out of what the person is told.
    if (!isBlank(preset ?? '')) throw new ApiError(422, 'Validation failed: warning_preset_id names no preset of here')
    const input = { action, text: params.text ?? '', mails: params.send_email_notification !== false }
    await app.db.transaction(async (tx) => {
      const staff = await staffIn(c, tx)
      await (reportId ? strikeForReport(tx, staff, reportId, input, accountId) : strike(tx, staff, accountId, input))
    })
    return c.json({})
  },
)

v1.post('/accounts/:id/approve', writes, params(one), async (c) => {
  const { app, staff, params } = c.var
  await presentStaffAccount(app, staff, params.id)
  const approved = await app.db.transaction(async (tx) => approveApplicants(tx, await staffIn(c, tx), [params.id]))
  if (approved.length === 0) throw notAllowed()
  return c.json(await presentStaffAccount(app, staff, params.id))
})

v1.post('/accounts/:id/reject', writes, params(one), async (c) => {
  const { app, staff, params } = c.var
  const account = await presentStaffAccount(app, staff, params.id)
  const rejected = await app.db.transaction(async (tx) =>
    rejectApplicants(tx, app.secrets, await staffIn(c, tx), [params.id]),
  )
  if (rejected.length === 0) throw notAllowed()
  return c.json(account)
})

const undoing = { enable: 'disable', unsilence: 'silence', unsuspend: 'suspend', unsensitive: 'sensitive' } as const

for (const [verb, effect] of Object.entries(undoing) as [string, EffectName][])
  v1.post(`/accounts/:id/${verb}`, writes, params(one), async (c) => {
    const { app, staff, params } = c.var
    const isEnded = await app.db.transaction(async (tx) => endEffect(tx, await staffIn(c, tx), params.id, effect))
    const account = await presentStaffAccount(app, staff, params.id)
    // Nobody here suspended it, so nobody here brings it back; and only local accounts can be disabled.
    if (!isEnded && (effect === 'suspend' || (effect === 'disable' && account.domain !== null))) throw notAllowed()
    return c.json(account)
  })

export const accounts = v1
export const accountsV2 = v2
