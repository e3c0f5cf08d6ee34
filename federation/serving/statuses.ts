/** Local statuses and their activities, for other servers: public and unlisted ones for everybody, others for a signing account that may see them. */
import { type AskedStatus, statusDocument } from '#src/outgoing/documents/statuses.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toTombstone } from '../documents/actor.ts'
import { context } from '../documents/context.ts'
import { createUri } from '../documents/statuses.ts'
import { type Asked, type Found, refused } from './asked.ts'
import { missing, prefersPage, textResponse, tombstone } from './negotiation.ts'
import { signingViewer } from './signer.ts'
import {
  type StatusTexts,
  statusTexts,
  storedStatusTexts,
  type Text,
  textsFor,
  withContext,
} from './stored-documents.ts'

export type StatusKind = 'status' | 'create' | 'boost'

/** The answer from the store of finished documents, null if there is none. It remembers the status that it read. */
export async function statusInStore(asked: Asked, id: string, kind: StatusKind): Promise<Response | null> {
  if (!isId(id)) return null
  asked.status = await statusDocument(asked.app.db, id as StatusId, asked.fingerprint)
  const { needsSignature, status } = asked.status
  if (!status || !isShown(status, kind) || isPage(asked, status, kind)) return null
  const text = part(storedStatusTexts(status), kind)
  if (!text || (await refused(asked, needsSignature, status.accountId))) return null
  return textResponse(asked.request, text, { isPrivate: needsSignature })
}

/** The status that `statusInStore` has read, or its activity. */
export async function findStatus(asked: Asked, kind: StatusKind): Promise<Found> {
  const { app, fingerprint } = asked
  const { needsSignature = false, status = null } = asked.status ?? {}
  if (!asked.status) return missing()
  if (status && isPage(asked, status, kind)) return Response.redirect(status.url, 302)
  const refusal = await refused(asked, needsSignature, status?.accountId ?? null)
  if (refusal) return refusal

  if (!status || status.isBoost !== (kind === 'boost')) return missing()
  // A Tombstone would reveal that a status existed which was not public or unlisted.
  if (status.isDeleted)
    return isOpen(status.visibility) && !status.isUnheard
      ? tombstone(toTombstone(kind === 'create' ? createUri(status.id, app.uris) : status.uri))
      : missing()
  if (!isOpen(status.visibility)) return restricted(asked, status, kind)
  const [texts] = isShown(status, kind) ? await statusTexts(app, fingerprint, [status]) : []
  const text = part(texts, kind)
  return text ? { ...text, isPrivate: needsSignature } : missing()
}

/** Whether everybody may see it. */
const isShown = ({ isBoost, isDeleted, isVisible, visibility }: AskedStatus, kind: StatusKind): boolean =>
  isBoost === (kind === 'boost') && !isDeleted && isVisible && isOpen(visibility)

const isPage = ({ request }: Asked, { isVisible }: AskedStatus, kind: StatusKind): boolean =>
  isVisible && kind === 'status' && prefersPage(request)

function part(texts: StatusTexts | null | undefined, kind: StatusKind): Text | null {
  const text = kind === 'status' ? texts?.object : texts?.activity
  return text ? { ...text, json: withContext(text.json) } : null
}

/** A status that is neither public nor unlisted, for the signing account. */
async function restricted({ app, request }: Asked, { id }: AskedStatus, kind: StatusKind): Promise<Found> {
  const viewer = await signingViewer(app, request)
  const view = viewer && (await loadStatusView(app.db, viewer, id))
  if (!view) return missing()
  const { object, activity } = await textsFor(app, view)
  return { json: { '@context': context, ...(kind === 'status' ? object : activity) }, isPrivate: true }
}
