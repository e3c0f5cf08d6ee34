import { managedAccount } from '#src/accounts/manage.ts'
import { addAlias, listAliases, removeAlias } from '#src/accounts/moves/aliases.ts'
import { moveAccount } from '#src/accounts/moves/move.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { Refusal } from '#src/platform/errors.ts'
import { remoteLookup } from '../../federation/fetching/lookup.ts'
import { withApp } from '../session.ts'
import { bare, handle } from './accounts.ts'

type Global = { json?: boolean }

/** `accounts alias add` */
export function aliasAdd(name: string, alias: string, options: Global): Promise<void> {
  return withApp(
    options.json ?? false,
    async (app) => {
      const account = await managedAccount(app.db, bare(app, name))
      const added = await addAlias(app, account.id, alias)
      return { data: added, lines: [`${added.acct ?? added.uri} can move to ${handle(app, account)} now`] }
    },
    remoteLookup,
  )
}

/** `accounts alias list` */
export function aliasList(name: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const aliases = await listAliases(app.db, (await managedAccount(app.db, bare(app, name))).id)
    return { data: aliases, lines: aliases.map(({ uri, acct }) => (acct === null ? uri : `${acct}  ${uri}`)) }
  })
}

/** `accounts alias remove` */
export function aliasRemove(name: string, alias: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const account = await managedAccount(app.db, bare(app, name))
    const wanted = alias.replace(/^@/, '').toLowerCase()
    const found = (await listAliases(app.db, account.id)).find(
      ({ uri, acct }) => uri === alias || acct?.toLowerCase() === wanted,
    )
    if (!found) throw new Refusal('not_found', `${alias} is no alias of ${handle(app, account)}`)
    await app.db.transaction((tx) => removeAlias(tx, account.id, found.uri))
    return { data: found, lines: [`Removed the alias ${found.acct ?? found.uri} of ${handle(app, account)}`] }
  })
}

/** `accounts move` */
export function move(name: string, target: string, options: Global): Promise<void> {
  return withApp(
    options.json ?? false,
    async (app) => {
      const account = await managedAccount(app.db, bare(app, name))
      const [view] = await loadAccountViews(app.db, [await moveAccount(app, account.id, target)])
      return {
        data: { handle: handle(app, account), movedTo: view?.uri ?? null },
        lines: [`Moved ${handle(app, account)} to ${view?.acct ?? target}; a worker moves its followers`],
      }
    },
    remoteLookup,
  )
}
