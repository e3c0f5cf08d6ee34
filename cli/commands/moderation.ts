/** `accounts suspend`, `accounts limit` and the like, and `statuses`: what moderators do, on the command line. */
import { accountByHandle } from '#src/accounts/find.ts'
import { managedAccount } from '#src/accounts/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import type { EffectName } from '#src/moderation/accounts/effects.ts'
import { purgeAccount } from '#src/moderation/accounts/purge.ts'
import { endEffect, strike, undoingOf } from '#src/moderation/accounts/strike.ts'
import { actOnStatuses, purgeStatuses, removeStatuses } from '#src/moderation/statuses.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import { moderatedStatus } from '#src/statuses/find.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'
import { isSure } from '../sure.ts'

type Global = { json?: boolean }
type StrikeOptions = Global & { text?: string; until?: string; review?: string; mail?: boolean }

const done = {
  none: 'Warned',
  sensitive: 'All files are marked as sensitive of',
  disable: 'Disabled',
  silence: 'Limited',
  suspend: 'Suspended',
} as const

/** `accounts warn`, `sensitive`, `disable`, `limit`, `suspend` */
export function act(name: string, action: keyof typeof done, options: StrikeOptions): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id, handle } = await accountNamed(app, name)
    const strikeId = await app.db.transaction((tx) =>
      strike(tx, commandLine, id, {
        action,
        text: options.text ?? '',
        endsAt: moment('--until', options.until),
        reviewAt: moment('--review', options.review),
        mails: options.mail ?? true,
      }),
    )
    const words = strikeId ? `${done[action]} ${handle}` : `${handle} was in this state already`
    return { data: { account: handle, action, strike: strikeId }, lines: [words] }
  })
}

/** `accounts unsuspend`, `unlimit`, `unsensitive`, `enable` */
export function undo(name: string, effect: EffectName, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id, handle, isLocal } = await accountNamed(app, name)
    const isEnded = await app.db.transaction((tx) => endEffect(tx, commandLine, id, effect))
    const notes =
      isEnded && undoingOf({ action: effect, isLocal }) === 'withoutFollows'
        ? ['Its follows of people here ended for good; follows of it are as before']
        : []
    const words = isEnded ? `${handle} is as before` : `${handle} was not in this state, or not by a moderator’s action`
    return { data: { account: handle, undone: isEnded ? effect : null }, lines: [words], notes }
  })
}

/** `accounts purge` */
export function purge(name: string, options: Global & { yes?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id, handle } = await accountNamed(app, name)
    if (!options.yes && !(await isSure(`Delete all data of ${handle}, for ever?`)))
      throw new Refusal('not_permitted', 'Nothing was deleted')
    await app.db.transaction((tx) => purgeAccount(tx, commandLine, id))
    return { data: { account: handle }, lines: [`The data of ${handle} is being deleted`] }
  })
}

/** `statuses delete` */
export function removeStatus(
  ids: string[],
  options: Global & { text?: string; strike?: boolean; mail?: boolean },
): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const byAccount = new Map<AccountId, StatusId[]>()
    for (const idOrUrl of ids) {
      const found = await moderatedStatus(
        app.db,
        app.uris,
        isId(idOrUrl) ? { id: idOrUrl as StatusId } : { url: idOrUrl },
      )
      if (!found) throw new Refusal('not_found', `${idOrUrl} was not found`)
      byAccount.set(found.accountId, [...(byAccount.get(found.accountId) ?? []), found.id])
    }
    const deleted = await app.db.transaction(async (tx) => {
      const all: StatusId[] = []
      for (const [accountId, statusIds] of byAccount) {
        if (options.strike === false) all.push(...(await removeStatuses(tx, commandLine, accountId, statusIds)))
        else {
          const input = { action: 'delete_statuses', text: options.text ?? '', mails: options.mail ?? true } as const
          all.push(...(await actOnStatuses(tx, commandLine, accountId, statusIds, input)).done)
        }
      }
      return all
    })
    return { data: { deleted }, lines: [`Deleted ${deleted.length === 1 ? 'one post' : `${deleted.length} posts`}`] }
  })
}

/** `statuses purge` */
export function purgePosts(name: string, options: Global & { before?: string; yes?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { id, handle } = await accountNamed(app, name)
    const before = moment('--before', options.before) ?? undefined
    if (
      !options.yes &&
      !(await isSure(`Delete all posts of ${handle}${before ? ` before ${before.toISOString()}` : ''}, for ever?`))
    )
      throw new Refusal('not_permitted', 'Nothing was deleted')
    const deleted = await purgeStatuses(app.db, commandLine, id, before)
    return { data: { account: handle, deleted }, lines: [`Deleted ${deleted} posts of ${handle}`] }
  })
}

/** A local or remote account by its name as people type it. */
async function accountNamed(app: App, name: string): Promise<{ id: AccountId; handle: string; isLocal: boolean }> {
  const [username = '', host] = name.replace(/^@/, '').split('@')
  if (host === undefined || host === app.uris.handleHost) {
    const account = await managedAccount(app.db, username)
    return { id: account.id, handle: `@${account.username}@${app.uris.handleHost}`, isLocal: true }
  }
  const handle = parseHandle(`${username}@${host}`)
  const id = handle && (await accountByHandle(app.db, handle))
  if (!id) throw new Refusal('not_found', `This server does not know ${name}`)
  return { id, handle: `@${username}@${host}`, isLocal: false }
}

/** A moment as a person types it: a day, or a day and time with its zone. */
function moment(option: string, value: string | undefined): Date | null {
  if (value === undefined) return null
  const date = /^\d{4}-\d\d-\d\d(T.*)?$/.test(value) ? new Date(value) : new Date(Number.NaN)
  if (Number.isNaN(date.getTime()))
    throw new UsageError(`${option} needs a time such as 2026-02-28 or 2026-02-28T18:00:00Z`)
  return date
}
