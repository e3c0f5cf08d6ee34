/**
 * Quotes between servers: the request, its answer, and the authorization that any server may fetch.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md
 */
import type { Uris } from '#src/platform/uris.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { context } from './context.ts'
import { addressesIn, interactionRules } from './interactions.ts'
import { type JsonObject, publicAddress } from './json.ts'

/** A request to quote; URIs. `actor`: of the quoting status. */
export type QuoteRequest = { id: string; actor: string; quoted: string; quoting: string }

/** A consent: its author, the quoting and the quoted status; URIs. */
export type QuoteAuthorization = { id: string; author: string; quoting: string; quoted: string }

/** @param note the whole quoting status: its server may not show it to others */
export function toQuoteRequest(request: QuoteRequest, note: JsonObject, author: string): JsonObject {
  return { '@context': context, ...bareRequest(request), instrument: note, to: [author] }
}

/** @param result id of the authorization, with an Accept */
export function toQuoteAnswer(
  type: 'Accept' | 'Reject',
  id: string,
  author: string,
  request: QuoteRequest,
  result?: string,
): JsonObject {
  return {
    '@context': context,
    id,
    type,
    actor: author,
    to: [request.actor],
    object: bareRequest(request),
    ...(result ? { result } : {}),
  }
}

const bareRequest = ({ id, actor, quoted, quoting }: QuoteRequest): JsonObject => ({
  id,
  type: 'QuoteRequest',
  actor,
  object: quoted,
  instrument: quoting,
})

export const toQuoteAuthorization = (authorization: QuoteAuthorization): JsonObject => ({
  '@context': context,
  ...bareAuthorization(authorization),
})

const bareAuthorization = ({ id, author, quoting, quoted }: QuoteAuthorization): JsonObject => ({
  id,
  type: 'QuoteAuthorization',
  attributedTo: author,
  interactingObject: quoting,
  interactionTarget: quoted,
})

/** The Delete of a consent, by its id alone: GoToSocial answers 500 to an embedded one. */
export function toDeleteAuthorization(
  id: string,
  authorization: Pick<QuoteAuthorization, 'id' | 'author'>,
): JsonObject {
  return {
    '@context': context,
    id,
    type: 'Delete',
    actor: authorization.author,
    to: [publicAddress],
    object: authorization.id,
  }
}

const linkTypes = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

/**
 * The quote of a status, under the names of all servers that know quotes. A quote without consent remains only as a link in the text:
 * servers that know no consent would show it.
 */
export function quoteTerms({ quote }: Pick<StatusView, 'quote'>): { terms: JsonObject; tags: JsonObject[] } {
  if (!quote || quote.state === 'rejected' || quote.state === 'revoked' || quote.state === 'deleted')
    return { terms: {}, tags: [] }
  const uri = quote.quotedUri
  return {
    terms: {
      quote: uri,
      quoteUri: uri,
      quoteUrl: uri,
      _misskey_quote: uri,
      ...(quote.approvalUri ? { quoteAuthorization: quote.approvalUri } : {}),
    },
    tags: [
      {
        type: 'Link',
        mediaType: linkTypes,
        rel: 'https://misskey-hub.net/ns#_misskey_quote',
        href: uri,
        name: `RE: ${uri}`,
      },
    ],
  }
}

/** The policy for interactions and quotes. If nobody else may quote, the list names the author: an empty list would mean "not stated". */
export function interactionPolicy(status: StatusView, uris: Uris): JsonObject {
  const automatic = addressesIn(status.quoteAutomatic, status, uris)
  return {
    interactionPolicy: {
      ...interactionRules(status, uris),
      canQuote: {
        automaticApproval: automatic.length > 0 ? automatic : [status.account.uri],
        manualApproval: addressesIn(status.quoteManual, status, uris),
      },
    },
  }
}
