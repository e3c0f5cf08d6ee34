import { forwardReply } from '#src/incoming/forward.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { typesOf } from '../documents/json.ts'
import type { ParsedNote } from '../parse/note.ts'
import { hasLinkedDataSignature } from '../signatures/verify-linked-data.ts'
import { hasProof } from '../signatures/verify-proof.ts'
import { kindOf } from './kinds.ts'
import type { Received } from './received.ts'
import { receiptOf } from './repeats.ts'

/** Forwards an activity about a reply to a local post. Other servers accept it from us only with a signature inside it. */
export async function forwardActivity(
  tx: Tx,
  { id, activity, actor, raw, via }: Received,
  statusId: StatusId,
): Promise<void> {
  const kind = kindOf(typesOf(activity))
  if (id === null || !kind || !(hasProof(activity) || hasLinkedDataSignature(activity))) return
  const exceptHosts = [actor.uri, ...(via === null ? [] : [via])].map((uri) => new URL(uri).host)
  // Some servers give all Updates of a post one id: each of them is forwarded.
  const said = receiptOf(kind, activity)?.said
  await forwardReply(tx, statusId, { uri: said ? `${id} ${said}` : id, type: kind, raw, exceptHosts })
}

/** Forwards an activity about a stored post. Most posts reply to no local one, and are skipped without a query. */
export async function forwardStored(
  tx: Tx,
  received: Received,
  statusId: StatusId,
  { inReplyToUri }: Pick<ParsedNote, 'inReplyToUri'>,
): Promise<void> {
  if (inReplyToUri !== null && received.app.uris.isOwn(inReplyToUri)) await forwardActivity(tx, received, statusId)
}
