import { deleteAccount } from '#src/accounts/delete.ts'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import { HttpError } from '#src/http/client.ts'
import { getLogger } from '#src/log.ts'
import type { Jobs } from '#src/outbox.ts'
import { fetchPage, newBudget, StatusError, toDocument } from './documents.ts'
import { idOf, typesOf } from './json.ts'
import { storeActor } from './lookup.ts'

const log = getLogger('federation')

/**
 * The `check-gone` job: asks for an account whose inbox is gone. Where its server says that the account is gone as well, it is
 * deleted here; where it is there, its profile is read again, which tells where its inbox is now.
 */
export async function checkGone(app: App, { accountId }: Jobs['check-gone']): Promise<void> {
  const account = await accountHead(app.db, accountId)
  if (!account?.domain || account.deletedAt || account.suspendedAt) return
  const budget = newBudget(5)
  try {
    const document = toDocument(await fetchPage(app, account.uri, budget))
    if (!document || idOf(document.json['id']) !== account.uri) return
    if (typesOf(document.json).includes('Tombstone')) return await remove(app, accountId)
    await storeActor(app, document.json, budget)
  } catch (error) {
    if (error instanceof StatusError && error.status === 410) return await remove(app, accountId)
    if (!(error instanceof HttpError)) throw error
    // Its server is asked again when the next delivery is due, or never.
    log.info('Whether {account} is gone is not known: {reason}', { account: account.uri, reason: error.message })
  }
}

async function remove(app: App, accountId: Jobs['check-gone']['accountId']): Promise<void> {
  await app.db.transaction((tx) => deleteAccount(tx, accountId))
  log.info('Account {accountId} was deleted by its server', { accountId })
}
