/** Quotes and quote policies of remote statuses. */
import type { QuoteGroup } from '#src/statuses/quotes/policy.ts'
import type { RemoteQuote } from '#src/statuses/quotes/receive.ts'
import {
  addressesOf,
  asList,
  idOf,
  isObject,
  isPublic,
  type JsonObject,
  linkOf,
  text,
  typesOf,
} from '../documents/json.ts'

/** The accounts and collections that a policy names; URIs. */
export type CanQuote = { automatic: string[]; manual: string[] }

/** Older names of the property, whose value is mostly a plain id. */
const olderNames = ['quoteUri', 'quoteUrl', '_misskey_quote']
const quoteRels = new Set([
  'https://misskey-hub.net/ns#_misskey_quote',
  'https://w3id.org/fep/044f#quote',
  'http://fedibird.com/ns#quoteUri',
])

/** The quoted status, under whatever name, or null. Only FEP-044f has consent. */
export function parseQuote(json: JsonObject, tags: readonly JsonObject[]): RemoteQuote | null {
  const uri = idOf(json['quote'])
  if (uri !== null) return { uri, approvalUri: idOf(json['quoteAuthorization']) }
  const older = olderNames.map((name) => idOf(json[name])).find((found) => found !== null) ?? linkedQuote(tags)
  return older ? { uri: older, approvalUri: null } : null
}

/** FEP-e232: a Link among the tags whose `rel` marks it as a quote. */
function linkedQuote(tags: readonly JsonObject[]): string | null {
  const link = tags.find(
    (tag) => typesOf(tag).includes('Link') && asList(tag['rel']).some((rel) => quoteRels.has(text(rel) ?? '')),
  )
  return link ? linkOf(link['href']) : null
}

/** The quote policy of a status; null for none. GoToSocial had other names for the lists. */
export function parseCanQuote(json: JsonObject): CanQuote | null {
  const policy = json['interactionPolicy']
  const rule = isObject(policy) ? policy['canQuote'] : undefined
  if (!isObject(rule)) return null
  return {
    automatic: addressesOf(rule['automaticApproval'] ?? rule['always']),
    manual: addressesOf(rule['manualApproval'] ?? rule['approvalRequired']),
  }
}

/** The groups that a policy names, relative to its author. Any other address counts as `unsupported_policy`. */
export function quotePolicyOf(
  canQuote: CanQuote,
  author: { uri: string; followersUrl: string | null; followingUrl: string | null },
): { automatic: QuoteGroup[]; manual: QuoteGroup[] } {
  const groupOf = (address: string): QuoteGroup[] => {
    if (isPublic(address)) return ['public']
    if (address === author.followersUrl) return ['followers']
    if (address === author.followingUrl) return ['following']
    return address === author.uri ? [] : ['unsupported_policy']
  }
  const groups = (addresses: string[]) => [...new Set(addresses.flatMap(groupOf))]
  return { automatic: groups(canQuote.automatic), manual: groups(canQuote.manual) }
}
