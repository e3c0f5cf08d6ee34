import { accountHead } from '#src/accounts/find.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { idOf, typesOf } from '../documents/json.ts'
import { fetchDocument, forgetDocument, newBudget, StatusError } from './fetch-document.ts'
import { storeActor } from './lookup.ts'

const log = getLogger('federation')

/**
 * The `check-gone` job: fetches an account whose inbox is gone. If its server says that the account is gone as well, it is deleted
 * here. Otherwise its profile is stored again, with the URL of its inbox.
 */
export async function checkGone(app: App, { accountId }: Jobs['check-gone']): Promise<void> {
  const account = await accountHead(app.db, accountId)
  if (!account?.domain || account.deletedAt || account.suspendedAt) return
  using _host = acquireHost(app, 'fetch', account.uri)
  const budget = newBudget(5, 20_000, { isPatient: true })
  try {
    forgetDocument(app, account.uri)
    const { json } = await fetchDocument(app, account.uri, budget)
    if (idOf(json['id']) !== account.uri) return
    if (typesOf(json).includes('Tombstone')) return await remove(app, accountId)
    await storeActor(app, json, budget)
  } catch (error) {
    if (error instanceof StatusError && error.status === 410 && error.isOf(account.uri))
      return await remove(app, accountId)
    // No further delivery would trigger this check again, so the job is retried.
    if (!(error instanceof HttpError && error.isPermanent)) throw error
    log.info('{account} may be gone, but can’t be checked: {reason}', { account: account.uri, reason: error.message })
  }
}

async function remove(app: App, accountId: Jobs['check-gone']['accountId']): Promise<void> {
  await app.db.transaction((tx) => deleteAccount(tx, accountId))
  log.info('Account {accountId} was deleted by its server', { accountId })
}
