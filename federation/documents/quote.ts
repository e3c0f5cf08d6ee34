import type { Uris } from '#src/platform/uris.ts'
/**
 * Quotes between servers: the wish to quote, its answer, and the consent that everybody may look up.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md
 */
import type { StatusView } from '#src/statuses/views/views.ts'
import { context } from './context.ts'
import { openRules } from './interactions.ts'
import { type JsonObject, publicAddress } from './json.ts'

/** Who wishes to quote what by which status; URIs. */
export type QuoteRequest = { id: string; actor: string; quoted: string; quoting: string }

/** A consent: whose it is, and which status may quote which. */
export type QuoteAuthorization = { id: string; author: string; quoting: string; quoted: string }

/** @param note the status that quotes, whole: its author's server may not show it to strangers */
export function toQuoteRequest(request: QuoteRequest, note: JsonObject, author: string): JsonObject {
  return { '@context': context, ...bareRequest(request), instrument: note, to: [author] }
}

/** @param result with a consent, its id */
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

/** The end of a consent, by its id alone: GoToSocial answers 500 to an embedded one. */
export function toDeleteAuthorization(id: string, authorization: QuoteAuthorization): JsonObject {
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
 * What a status quotes, in the words of all servers that know quotes. One that may not stands only as a link in the text: servers that ask for
 * no consent would show it.
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

/** Who may do what with a status, and quote it. Where nobody may, its author may still: an empty list would say nothing. */
export function interactionPolicy(status: StatusView, uris: Uris): JsonObject {
  const addresses = {
    public: publicAddress,
    followers: uris.followers(status.accountId),
    following: uris.following(status.accountId),
  }
  const automatic = status.quoteAutomatic.flatMap((group) => (group === 'unsupported_policy' ? [] : [addresses[group]]))
  return {
    interactionPolicy: {
      ...openRules(status),
      canQuote: { automaticApproval: automatic.length > 0 ? automatic : [status.account.uri], manualApproval: [] },
    },
  }
}
