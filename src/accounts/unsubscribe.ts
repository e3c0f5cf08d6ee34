/** The link in each notification mail that turns these mails off, without logging in (RFC 8058). */
import type { App } from '../platform/app.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'
import { savePreferences } from './profile/preferences.ts'

const subject = (accountId: AccountId): string => `unsubscribe ${accountId}`

/**
 * The link for `List-Unsubscribe` and the foot of a mail: GET shows a question, POST turns the mails off. It never
 * expires.
 */
export function unsubscribeUrl(app: Pick<App, 'uris' | 'secrets'>, accountId: AccountId): string {
  return `${app.uris.origin}/unsubscribe?account=${accountId}&signature=${app.secrets.sign('links', subject(accountId))}`
}

/** Whether the signature of a link is valid for the account. */
export const isUnsubscribeLink = (app: Pick<App, 'secrets'>, accountId: AccountId, signature: string): boolean =>
  app.secrets.verify('links', subject(accountId), signature)

/**
 * Turns mails about mentions off. Doing it again changes nothing.
 *
 * @throws Refusal `not_found` when the signature is not ours
 */
export async function unsubscribe(app: App, accountId: AccountId, signature: string): Promise<void> {
  if (!isUnsubscribeLink(app, accountId, signature)) throw notFound()
  await app.db.transaction((tx) => savePreferences(tx, accountId, { mailsMentions: false }))
}
