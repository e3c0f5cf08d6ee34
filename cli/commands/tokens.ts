import { managedAccount } from '#src/accounts/manage.ts'
import { withPowers } from '#src/accounts/roles/roles.ts'
import { commandLineToken } from '#src/accounts/sessions/command-line.ts'
import { parseScopes } from '#src/accounts/sessions/scopes.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'
import { bare } from './accounts.ts'

/** `tokens create` */
export function create(name: string, options: { json?: boolean; scopes: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const scopes = parseScopes(options.scopes)
    if (!scopes || scopes.length === 0)
      throw new UsageError(`--scopes: not all of "${options.scopes}" are scopes; try "read write follow push"`)
    const account = await managedAccount(app.db, bare(app, name))
    const { permissions } = await withPowers(app.db, account)
    const { token } = await app.db.transaction((tx) => commandLineToken(tx, account.id, permissions, scopes))
    return { data: { token, username: account.username, scopes }, lines: [token] }
  })
}
