import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { changeAccount } from '../manage.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import type { ProviderPerson } from './person.ts'

const log = getLogger('providers')

/** Gives an account the role that its provider says, or takes it away. Owners stay owners, and nobody becomes one. */
export async function applyRole(
  tx: Tx,
  accountId: AccountId,
  provider: ProviderSettings,
  { role }: Pick<ProviderPerson, 'role'>,
  client: Client,
): Promise<void> {
  if (role === null) return
  const [user] = await tx
    .select({ role: users.role, roleId: users.roleId })
    .from(users)
    .where(eq(users.accountId, accountId))
    .for('update')
  if (!user || user.role === 'owner' || (user.role === role && user.roleId === null)) return
  await changeAccount(tx, accountId, { role })
  await logSecurity(tx, accountId, 'roleChanged', { client, details: { role, provider: provider.label } })
  log.info('{provider} changed the role of {accountId} from {before} to {role}', {
    provider: provider.name,
    accountId,
    before: user.role,
    role,
  })
}
