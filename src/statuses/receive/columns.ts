/** The columns, files and emojis of a remote status. */
import { eq } from 'drizzle-orm'
import { receiveEmojis } from '../../media/emojis/receive.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { type MediaId, newId, type StatusId } from '../../platform/ids.ts'
import { cleanName } from '../../text/clean.ts'
import { sanitizeHtml } from '../../text/html/sanitize.ts'
import { isOpen } from '../access/visibility.ts'
import type { RemoteStatus } from './remote-status.ts'

/** Its texts, sanitized and trimmed; an edit replaces them. */
export const textColumns = (data: RemoteStatus) => ({
  content: sanitizeHtml(data.content),
  spoilerText: cleanName(data.spoilerText, 500),
  isSensitive: data.isSensitive || data.spoilerText !== '',
  language: data.language,
  hasMedia: data.media.length > 0,
})

export const quotePolicyColumns = ({ visibility, quotePolicy }: RemoteStatus) =>
  isOpen(visibility) && quotePolicy
    ? { quoteAutomatic: quotePolicy.automatic, quoteManual: quotePolicy.manual }
    : { quoteAutomatic: [], quoteManual: [] }

export const collectionColumns = ({ repliesUrl = null, contextUri = null }: RemoteStatus) => ({
  repliesUrl,
  contextUri,
})

export const countColumns = ({ reblogsCount = null, favouritesCount = null }: RemoteStatus) => ({
  remoteReblogsCount: reblogsCount,
  remoteFavouritesCount: favouritesCount,
})

/** Stores the emojis of a status as those of the author's server. */
export async function storeStatusEmojis(tx: Tx, { accountId, emojis = [] }: RemoteStatus): Promise<void> {
  if (emojis.length === 0) return
  const [author] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  if (author?.domain) await receiveEmojis(tx, author.domain, emojis)
}

/** Rows of the attached files. They are fetched when somebody views them. */
export const filesOf = (statusId: StatusId, { accountId, media }: RemoteStatus) =>
  media.map(({ url, previewUrl = null, focus, ...rest }, position) => ({
    id: newId<MediaId>(),
    accountId,
    statusId,
    position,
    remoteUrl: url,
    previewRemoteUrl: previewUrl,
    focusX: focus.x,
    focusY: focus.y,
    ...rest,
  }))
