/** Activities about quotes: requests, their answers, and revoked consents. */
import { accountHead } from '#src/accounts/find.ts'
import { inboxOf } from '#src/outgoing/recipients.ts'
import { loadOutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { loadOutgoingQuote, type OutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { toNote } from '../../documents/note.ts'
import {
  type QuoteAuthorization,
  type QuoteRequest,
  toDeleteAuthorization,
  toQuoteAnswer,
  toQuoteRequest,
} from '../../documents/quote.ts'
import type { Builders } from './activity.ts'
import { loadLocal, surroundingsOf } from './load.ts'

export const quoteActivities = {
  'quote.requested': async (app, { statusId }) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    const [status] = await loadLocal(app, statusId)
    const inbox = quote && (await inboxOf(app.db, quote.quotedAccountId))
    if (!quote || !status || !inbox || quote.state !== 'pending') return null
    const activity = toQuoteRequest(
      requestOf(quote),
      toNote(status, app.uris, await surroundingsOf(app, statusId)),
      quote.quotedAuthorUri,
    )
    return { accountId: status.accountId, activity, recipients: { inboxes: [inbox] }, of: statusId }
  },

  'quote.granted': async (app, { statusId }, key) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    const inbox = quote && (await inboxOf(app.db, quote.accountId))
    if (!quote?.quotedIsLocal || !quote.approvalUri || !inbox || quote.state !== 'accepted') return null
    const activity = toQuoteAnswer(
      'Accept',
      app.uris.activity('accepts', key),
      quote.quotedAuthorUri,
      requestOf(quote),
      quote.approvalUri,
    )
    return { accountId: quote.quotedAccountId, activity, recipients: { inboxes: [inbox] } }
  },

  'quote.refused': async (app, { requestUri, accountId, quotedId, quotingUri }, key) => {
    const quoted = await loadOutgoingStatus(app.db, quotedId)
    const asking = await accountHead(app.db, accountId)
    const inbox = await inboxOf(app.db, accountId)
    if (!quoted?.isLocal || !asking || !inbox) return null
    const request = { id: requestUri, actor: asking.uri, quoted: quoted.uri, quoting: quotingUri }
    return {
      accountId: quoted.accountId,
      activity: toQuoteAnswer('Reject', app.uris.activity('rejects', key), quoted.authorUri, request),
      recipients: { inboxes: [inbox] },
    }
  },

  'quote.revoked': async (app, { statusId }, key) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    if (!quote?.quotedIsLocal || quote.staysHere || quote.state !== 'revoked') return null
    const inbox = await inboxOf(app.db, quote.accountId)
    // Servers that showed the quote check its consent again only after they received this Delete.
    const recipients = {
      inboxes: inbox ? [inbox] : [],
      followersOf: quote.quotedAccountId,
      ...(quote.isLocal ? { status: statusId, reachedBy: statusId } : {}),
    }
    const authorization = authorizationOf(quote)
    return authorization
      ? {
          accountId: quote.quotedAccountId,
          activity: toDeleteAuthorization(app.uris.activity('deletes', key), authorization),
          recipients,
        }
      : null
  },
} satisfies Partial<Builders>

const requestOf = ({ requestUri, authorUri, quotedUri, uri }: OutgoingQuote): QuoteRequest => ({
  id: requestUri ?? uri,
  actor: authorUri,
  quoted: quotedUri,
  quoting: uri,
})
const authorizationOf = ({ approvalUri, quotedAuthorUri, uri, quotedUri }: OutgoingQuote): QuoteAuthorization | null =>
  approvalUri === null ? null : { id: approvalUri, author: quotedAuthorUri, quoting: uri, quoted: quotedUri }
