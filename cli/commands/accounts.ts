import { resetFactors } from '#src/accounts/factors/reset.ts'
import { generateKeys, replaceKeys } from '#src/accounts/keys/keys.ts'
import {
  changeAccount,
  type AccountChange,
  listAccounts,
  type ManagedAccount,
  managedAccount,
} from '#src/accounts/manage.ts'
import { audit, type AuditAction } from '#src/accounts/roles/audit.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { logSecurity } from '#src/accounts/security/log.ts'
import { generatedPassword } from '#src/accounts/sessions/generated-password.ts'
import { approveApplicants, rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import { acceptablePassword, setPassword } from '#src/accounts/sign-up/credentials.ts'
import { prepareRegistration, register } from '#src/accounts/sign-up/register.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { type Holding, loadHolding } from '#src/moderation/accounts/holding.ts'
import { changeRole, confirmAddress, setMemorial } from '#src/moderation/accounts/manage.ts'
import { targetOf } from '#src/moderation/accounts/strike.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { nameOfRole, roleNamed, roleNameOf } from '../roles.ts'
import { withApp } from '../session.ts'
import { isSure } from '../sure.ts'

type Global = { json?: boolean }

type CreateOptions = Global & {
  email: string
  password?: string
  confirmed?: boolean
  role: string
  displayName?: string
}

/** `accounts create` */
export function create(name: string, options: CreateOptions): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const role = await roleNamed(app.db, options.role)
    const password = options.password ?? generatedPassword()
    const registration = await prepareRegistration(
      app,
      { username: bare(app, name), email: options.email, password },
      true,
    )
    const id = await app.db.transaction(async (tx) => {
      const made = await register(tx, app.uris, registration, {
        role: role.builtIn ?? 'user',
        isConfirmed: options.confirmed === true,
        isApproved: true,
      })
      if (made && role.builtIn === null) await changeRole(tx, commandLine, made, role.id)
      return made
    })
    if (!id) throw new Refusal('conflict', 'Another account has this mail address')
    if (options.displayName !== undefined) await rename(app, id, options.displayName)
    const account = await managedAccount(app.db, registration.username)
    const made = `Created the account ${handle(app, account)} (${nameOfRole(role)})`
    const notes = options.confirmed ? [] : ['A mail with a link to confirm the address is on its way']
    if (options.password !== undefined) return { data: shown(app, account), lines: [made], notes }
    return {
      data: { ...shown(app, account), password },
      lines: [password],
      notes: [`${made}; its password is printed above`, ...notes],
    }
  })
}

/** `accounts list` */
export function list(options: Global & { role?: string; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const role = options.role === undefined ? null : await roleNamed(app.db, options.role)
    const roles = await loadRoles(app.db)
    const accounts = await listAccounts(app.db, {
      ...(role?.builtIn ? { role: role.builtIn } : role ? { roleId: role.id } : {}),
      limit: wholeNumber('--limit', options.limit, 1, 1_000_000),
    })
    return {
      data: accounts.map((account) => shown(app, account)),
      lines: accounts.map((account) =>
        [account.username, roleNameOf(roles, account), account.email, ...conditions(account)].join('  '),
      ),
    }
  })
}

/** `accounts show` */
export function show(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const roles = await loadRoles(app.db)
    const { strikes, ...states } = await loadHolding(app.db, account.id)
    const data = { ...shown(app, account), role: roleNameOf(roles, account), ...states }
    const lines = [
      ...Object.entries(data).map(
        ([key, value]) => `${key}: ${value instanceof Date ? value.toISOString() : String(value)}`,
      ),
      ...strikes.map(strikeLine),
    ]
    return { data: { ...data, strikes }, lines }
  })
}

/** An action against the account that holds. */
const strikeLine = ({ action, createdAt, endsAt, reviewAt }: Holding['strikes'][number]): string =>
  [
    `strike: ${action}, ${createdAt.toISOString()}`,
    ...(endsAt ? [`ends ${endsAt.toISOString()}`] : []),
    ...(reviewAt ? [`review ${reviewAt.toISOString()}`] : []),
  ].join(', ')

type ModifyOptions = Global & {
  role?: string
  email?: string
  displayName?: string
  confirmed?: true
  approved?: true
  disable?: true
  enable?: true
  memorial?: boolean
}

/** `accounts modify` */
export function modify(name: string, options: ModifyOptions): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (options.disable && options.enable) throw new UsageError('--disable and --enable exclude one another')
    const change: AccountChange = {
      ...(options.email === undefined ? {} : { email: options.email }),
      ...(options.confirmed ? { isConfirmed: true } : {}),
      ...(options.disable || options.enable ? { isDisabled: options.disable === true } : {}),
      ...(options.memorial === undefined ? {} : { isMemorial: options.memorial }),
    }
    const role = options.role === undefined ? null : await roleNamed(app.db, options.role)
    if (Object.keys(change).length === 0 && !role && options.displayName === undefined && !options.approved)
      throw new UsageError('Nothing to change; see npx pipit accounts modify --help')
    const { id, username } = await managedAccount(app.db, bare(app, name))
    await app.db.transaction(async (tx) => {
      if (role) await changeRole(tx, commandLine, id, role.id)
      await changeAccount(tx, id, change)
      await recordChanges(tx, id, username, change)
      if (options.approved) await approveApplicants(tx, commandLine, [id])
    })
    if (options.displayName !== undefined) await rename(app, id, options.displayName)
    const account = await managedAccount(app.db, bare(app, name))
    const roles = await loadRoles(app.db)
    const states = [roleNameOf(roles, account), ...conditions(account)]
    return { data: shown(app, account), lines: [`Changed the account ${handle(app, account)} (${states.join(', ')})`] }
  })
}

/** Writes what was changed into the audit log, but for the role, whose change is logged where it is made. */
async function recordChanges(tx: Tx, id: AccountId, username: string, change: AccountChange): Promise<void> {
  const { email, isConfirmed, isDisabled, isMemorial } = change
  const actions: AuditAction<'account'>[] = [
    ...(email === undefined ? [] : ['changeAddress' as const]),
    ...(isConfirmed ? ['confirm' as const] : []),
    ...(isDisabled === undefined ? [] : [isDisabled ? ('disable' as const) : ('enable' as const)]),
    ...(isMemorial === undefined ? [] : [isMemorial ? ('memorialise' as const) : ('unmemorialise' as const)]),
  ]
  for (const action of actions)
    await audit(tx, commandLine, 'account', action, targetOf({ id, username, domain: null }))
}

/** `accounts approve` */
export function approve(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id } = await managedAccount(app.db, bare(app, name))
    const approved = await app.db.transaction((tx) => approveApplicants(tx, commandLine, [id]))
    if (approved.length === 0) throw waitsNotFor(name)
    const account = await managedAccount(app.db, bare(app, name))
    return { data: shown(app, account), lines: [`Approved the sign-up of ${handle(app, account)}`] }
  })
}

/** `accounts confirm` */
export function confirm(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id } = await managedAccount(app.db, bare(app, name))
    const isDone = await app.db.transaction((tx) => confirmAddress(tx, commandLine, id))
    const account = await managedAccount(app.db, bare(app, name))
    const words = isDone ? 'Confirmed the address of' : 'The address was confirmed already of'
    return { data: shown(app, account), lines: [`${words} ${handle(app, account)}`] }
  })
}

/** `accounts memorialise` */
export function memorialise(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id } = await managedAccount(app.db, bare(app, name))
    await app.db.transaction((tx) => setMemorial(tx, commandLine, id, true))
    const account = await managedAccount(app.db, bare(app, name))
    return { data: shown(app, account), lines: [`${handle(app, account)} is a memorial now`] }
  })
}

/** `accounts reject` */
export function reject(name: string, options: Global & { text?: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const rejected = await app.db.transaction((tx) =>
      rejectApplicants(tx, app.secrets, commandLine, [account.id], options.text),
    )
    if (rejected.length === 0) throw waitsNotFor(name)
    return { data: shown(app, account), lines: [`Rejected the sign-up of ${handle(app, account)}`] }
  })
}

const waitsNotFor = (name: string) => new Refusal('conflict', `${name} does not wait for approval`)

/** `accounts delete` */
export function remove(name: string, options: Global & { yes?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    if (!options.yes && !(await isSure(`Delete ${handle(app, account)} and everything it wrote, for ever?`)))
      throw new Refusal('not_permitted', 'Nothing was deleted')
    await app.db.transaction(async (tx) => {
      await audit(tx, commandLine, 'account', 'purge', targetOf({ ...account, domain: null }))
      await deleteAccount(tx, account.id)
    })
    return { data: shown(app, account), lines: [`Deleted the account ${handle(app, account)}`] }
  })
}

/** `accounts reset-password` */
export function resetPassword(name: string, options: Global & { password?: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const password = options.password ?? generatedPassword()
    const hash = await acceptablePassword(password)
    await app.db.transaction(async (tx) => {
      await setPassword(tx, account.id, hash)
      await logSecurity(tx, account.id, 'passwordChanged', { client: null })
      await audit(tx, commandLine, 'account', 'resetPassword', targetOf({ ...account, domain: null }))
    })
    const done = `Set a new password for ${handle(app, account)}`
    if (options.password !== undefined) return { data: shown(app, account), lines: [done] }
    return { data: { ...shown(app, account), password }, lines: [password], notes: [`${done}; it is printed above`] }
  })
}

/** `accounts reset-factors` */
export function resetSecondFactors(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const done = await app.db.transaction((tx) => resetFactors(tx, commandLine, account.id))
    const words = done
      ? `Removed the second factors of ${handle(app, account)}, and ended its sessions`
      : `${handle(app, account)} has no second factor`
    return { data: shown(app, account), lines: [words] }
  })
}

/** `accounts rotate-keys` */
export function rotateKeys(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const pairs = await generateKeys()
    await app.db.transaction((tx) => replaceKeys(tx, account.id, pairs))
    return {
      data: shown(app, account),
      lines: [`Replaced the keys of ${handle(app, account)}; other servers get the new ones`],
    }
  })
}

async function rename(app: App, id: ManagedAccount['id'], displayName: string): Promise<void> {
  // Imported here, since it loads libraries that few commands need.
  const { updateProfile } = await import('#src/accounts/profile/profile.ts')
  await updateProfile(app, id, { displayName })
}

/** Finds an account by its name as people type it: with or without `@`, and with our own host. */
export function bare(app: App, name: string): string {
  const [username = '', host] = name.replace(/^@/, '').split('@')
  if (host !== undefined && host !== app.uris.handleHost)
    throw new Refusal('not_found', `${name} is not an account of this instance`)
  return username
}

export const handle = (app: App, { username }: Pick<ManagedAccount, 'username'>): string =>
  `@${username}@${app.uris.handleHost}`

const shown = (app: App, account: ManagedAccount) => ({
  ...account,
  handle: handle(app, account),
  url: app.uris.profile(account.username),
  createdAt: account.createdAt.toISOString(),
})

/** The states that keep an account from being used. */
function conditions(account: ManagedAccount): string[] {
  const all: [boolean, string][] = [
    [!account.isConfirmed, 'not confirmed'],
    [!account.isApproved, 'waits for approval'],
    [account.isDisabled, 'disabled'],
    [account.isSuspended, 'suspended'],
    [account.isMemorial, 'in memoriam'],
  ]
  return all.flatMap(([holds, words]) => (holds ? [words] : []))
}
