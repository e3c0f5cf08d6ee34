/** Collections of local statuses: replies, numbers of favourites and boosts, threads. */
import { type AskedStatus, statusDocument } from '#src/outgoing/documents/statuses.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { type Listed, openReplies, openThreadHead, threadPosts } from '#src/statuses/threads/surroundings.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { context } from '../documents/context.ts'
import { toCount } from '../documents/note.ts'
import { type Asked, type Found, refused } from './asked.ts'
import { missing, nothing, queryOf } from './negotiation.ts'
import { signingViewer } from './signer.ts'

const pageSize = 50

export type StatusCollection = 'likes' | 'shares' | 'replies'

/** Pages of replies run from the oldest item on, after `min_id`. The collection encloses its first page. */
export async function statusCollection(asked: Asked, id: string, name: StatusCollection): Promise<Found> {
  if (!isId(id)) return missing()
  const { app, request, fingerprint } = asked
  const { needsSignature, status } = await statusDocument(app.db, id as StatusId, fingerprint)
  const refusal = await refused(asked, needsSignature, status?.accountId ?? null)
  if (refusal) return refusal
  if (!status || status.isBoost || status.isDeleted) return missing()
  if (isOpen(status.visibility)) return status.isVisible ? collection(asked, status, name, needsSignature) : missing()
  const viewer = await signingViewer(app, request)
  return viewer && (await loadStatusView(app.db, viewer, status.id)) ? collection(asked, status, name, true) : missing()
}

async function collection(
  { app, request }: Asked,
  status: AskedStatus,
  name: StatusCollection,
  isPrivate: boolean,
): Promise<Found> {
  const uri = `${status.uri}/${name}`
  if (name === 'replies') {
    const load: Paged['load'] = (minId) => openReplies(app.db, status, { minId, limit: pageSize })
    return paged({ uri, type: '', properties: {}, load }, request, isPrivate)
  }
  const count = toCount(uri, name === 'likes' ? status.favouritesCount : status.reblogsCount)
  return { json: { '@context': context, ...count }, isPrivate }
}

/**
 * The posts of a thread, as its first author sees it.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/f228/fep-f228.md
 */
export async function threadCollection(asked: Asked, id: string): Promise<Found> {
  if (!isId(id)) return missing()
  const { app, request, fingerprint } = asked
  const { needsSignature } = await statusDocument(app.db, id as StatusId, fingerprint)
  const thread = await openThreadHead(app.db, id as StatusId)
  const refusal = await refused(asked, needsSignature, thread?.accountId ?? null)
  if (refusal) return refusal
  if (!thread) return missing()
  const { accountId, author } = thread
  const load: Paged['load'] = (minId) => threadPosts(app.db, id as StatusId, accountId, { minId, limit: pageSize })
  // The first post may be deleted while the rest of the thread exists.
  const isEmpty = (await threadPosts(app.db, id as StatusId, accountId, { limit: 1 })).length === 0
  if (isEmpty) return missing()
  const properties = author ? { attributedTo: author } : {}
  return paged({ uri: app.uris.thread(id as StatusId), type: 'Ordered', properties, load }, request, needsSignature)
}

type Paged = {
  uri: string
  type: '' | 'Ordered'
  properties: object
  load: (minId: string | undefined) => Promise<Listed[]>
}

async function paged({ uri, type, properties, load }: Paged, request: Request, isPrivate: boolean): Promise<Found> {
  const { page, min_id: minId } = queryOf(request)
  if (minId !== undefined && !isId(minId)) return nothing(400, 'Bad request')
  const first = `${uri}?page=true`
  const listed = await load(page ? minId : undefined)
  const last = listed.length === pageSize ? listed.at(-1) : undefined
  const part = {
    id: page && minId ? `${first}&min_id=${minId}` : first,
    type: `${type}CollectionPage`,
    partOf: uri,
    ...(last ? { next: `${first}&min_id=${last.id}` } : {}),
    [type ? 'orderedItems' : 'items']: listed.map((status) => status.uri),
  }
  const json = page ? part : { id: uri, type: `${type}Collection`, ...properties, first: part }
  return { json: { '@context': context, ...json }, isPrivate }
}
