import { accountByHandle } from '#src/accounts/find.ts'
import { listInvites } from '#src/accounts/invites/list.ts'
import { dayChoices, makeInvite, revokeInviteOfOther, useChoices } from '#src/accounts/invites/manage.ts'
import { managedAccount } from '#src/accounts/manage.ts'
import { Refusal } from '#src/platform/errors.ts'
import { type InviteId, isId } from '#src/platform/ids.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'
import { bare } from './accounts.ts'

type Global = { json?: boolean }
type CreateOptions = Global & { uses: string; days: string; follow?: boolean; note?: string }

/** `invites create` */
export function create(name: string, options: CreateOptions): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id: accountId, role } = await managedAccount(app.db, bare(app, name))
    const { id, code } = await makeInvite(
      app,
      { accountId, role },
      {
        maxUses: choice('--uses', options.uses, useChoices),
        days: choice('--days', options.days, dayChoices),
        follows: options.follow === true,
        note: options.note ?? '',
      },
    )
    const url = `${app.config.origin}/invite/${code}`
    return { data: { id, url }, lines: [url] }
  })
}

/** `invites list` */
export function list(options: Global & { account?: string; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { account } = options
    const makerId = account ? await accountByHandle(app.db, { username: bare(app, account), domain: null }) : null
    if (account && !makerId) throw new Refusal('not_found', `There is no account ${account}`)
    const invites = await listInvites(app.db, makerId, { limit: wholeNumber('--limit', options.limit, 1, 1_000) })
    return {
      data: invites,
      lines: invites.map(({ id, maker, uses, maxUses, isLive, expiresAt, people }) =>
        [
          id,
          maker,
          `${uses} of ${maxUses ?? 'any'}`,
          isLive ? `until ${expiresAt?.toISOString() ?? 'revoked'}` : 'ended',
          ...people.map((person) => `@${person}`),
        ].join('  '),
      ),
    }
  })
}

/** `invites revoke` */
export function revoke(id: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!isId(id)) throw new UsageError(`${id} is not an id; npx pipit invites list shows them`)
    try {
      await app.db.transaction((tx) => revokeInviteOfOther(tx, null, id as InviteId))
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found')
        throw new Refusal('not_found', `There is no invitation ${id}`)
      throw error
    }
    return { data: { id }, lines: [`Revoked the invitation ${id}`] }
  })
}

/** A number of an option, or `any` for no limit. */
function choice(option: string, text: string, choices: readonly (number | null)[]): number | null {
  const value = text === 'any' ? null : Number(text)
  if (!choices.includes(value))
    throw new UsageError(`${option} is one of ${choices.map((number) => number ?? 'any').join(', ')}`)
  return value
}
