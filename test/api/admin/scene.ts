/** An owner, a moderator, two people and somebody far, with the API for staff. */
import type { Scope } from '#src/accounts/sessions/scopes.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { serve, tokenOf } from '../server.ts'

export const v1 = '/api/v1/admin'

/** @param settings of the environment */
export async function scene(settings: Record<string, string> = {}) {
  const t = await database(settings)
  const server = await serve(t.app)
  const [owner, mod, alice, bob] = [
    await localAccount(t, 'olga', { role: 'owner' }),
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const carol = await remoteAccount(t, 'carol')
  const as = async (id: AccountId, scopes?: Scope[]) => {
    const token = await tokenOf(t.app, id, scopes)
    return (method: string, path: string, body?: object) =>
      server.call(method, path, { token, ...(body ? { body } : {}) })
  }
  return {
    t,
    server,
    owner,
    mod,
    alice,
    bob,
    carol,
    as,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}
