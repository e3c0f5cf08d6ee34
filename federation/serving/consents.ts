/** Consents of local authors to quotes, favourites, replies and boosts. */
import { statusDocument } from '#src/outgoing/documents/statuses.ts'
import { type Id, isId, type StatusId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { isBlockedEitherWay } from '#src/relationships/pairs.ts'
import { loadOutgoingInteraction } from '#src/statuses/access/outgoing-interaction.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { loadOutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { authorizationUri, toInteractionAuthorization } from '../documents/interactions.ts'
import { toQuoteAuthorization } from '../documents/quote.ts'
import { type Asked, type Found, refused } from './asked.ts'
import { missing } from './negotiation.ts'
import { signingViewer } from './signer.ts'

/** A local author's consent to a quote, for everybody: it holds only ids. */
export async function quoteAuthorization(asked: Asked, id: string): Promise<Found> {
  const { app, fingerprint } = asked
  const quote = isId(id) ? await loadOutgoingQuote(app.db, id as StatusId) : null
  if (quote?.state !== 'accepted' || quote.approvalUri === null || !quote.quotedIsLocal || quote.staysHere)
    return missing()
  const { needsSignature, status: quoted } = await statusDocument(app.db, quote.quotedId, fingerprint)
  const refusal = await refused(asked, needsSignature, quote.quotedAccountId)
  if (refusal) return refusal
  if (!quoted?.isVisible) return missing()
  const json = toQuoteAuthorization({
    id: quote.approvalUri,
    author: quote.quotedAuthorUri,
    quoting: quote.uri,
    quoted: quote.quotedUri,
  })
  return { json, isPrivate: needsSignature }
}

/**
 * A local author's consent to a favourite, reply or boost, for viewers who may see both the interaction and the status. It holds while
 * both exist. Favourites are not published, so theirs exists only if it was requested.
 */
export async function interactionAuthorization(asked: Asked, kind: InteractionKind, id: string): Promise<Found> {
  const { app, request, fingerprint } = asked
  const outgoing = isId(id) ? await loadOutgoingInteraction(app.db, kind, id as Id<string>) : null
  if (!outgoing?.target.isLocal || outgoing.uri === null || outgoing.isPending) return missing()
  const { target } = outgoing
  const consent = authorizationUri(app.uris, kind, id)
  if (kind === 'like' && outgoing.approvalUri !== consent) return missing()
  const { needsSignature } = await statusDocument(app.db, target.id, fingerprint)
  const refusal = await refused(asked, needsSignature, target.accountId)
  if (refusal) return refusal
  const isRestricted = !isOpen(target.visibility) || !isOpen(outgoing.visibility)
  const viewer = isRestricted ? await signingViewer(app, request) : null
  const maySee =
    (await loadStatusView(app.db, viewer, target.id)) &&
    (kind === 'like' || (await loadStatusView(app.db, viewer, id as StatusId)))
  if (!maySee || (await isBlockedEitherWay(app.db, outgoing.accountId, target.accountId))) return missing()
  const interaction = {
    kind,
    actor: outgoing.actorUri,
    interaction: outgoing.uri,
    target: target.uri,
    author: target.authorUri,
  }
  return { json: toInteractionAuthorization(consent, interaction), isPrivate: isRestricted || needsSignature }
}
