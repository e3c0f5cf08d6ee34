import type { QuoteGroup } from '#src/statuses/quotes/policy.ts'
/** What statuses of other servers say about quotes. */
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

/** Whom a policy names; URIs. */
export type CanQuote = { automatic: string[]; manual: string[] }

/** Older words for the same, most of them a plain id. */
const dialects = ['quoteUri', 'quoteUrl', '_misskey_quote']
const quoteRels = new Set([
  'https://misskey-hub.net/ns#_misskey_quote',
  'https://w3id.org/fep/044f#quote',
  'http://fedibird.com/ns#quoteUri',
])

/** What a status quotes, in whatever words, or null. Only FEP-044f knows of consent. */
export function parseQuote(json: JsonObject, tags: readonly JsonObject[]): RemoteQuote | null {
  const uri = idOf(json['quote'])
  if (uri !== null) return { uri, approvalUri: idOf(json['quoteAuthorization']) }
  const older = dialects.map((name) => idOf(json[name])).find((found) => found !== null) ?? linkedQuote(tags)
  return older ? { uri: older, approvalUri: null } : null
}

/** FEP-e232: a link among the tags that says what it is. */
function linkedQuote(tags: readonly JsonObject[]): string | null {
  const link = tags.find(
    (tag) => typesOf(tag).includes('Link') && asList(tag['rel']).some((rel) => quoteRels.has(text(rel) ?? '')),
  )
  return link ? linkOf(link['href']) : null
}

/** Whom the policy of a status lets quote it; null where it has none. GoToSocial has had other names for the lists. */
export function parseCanQuote(json: JsonObject): CanQuote | null {
  const policy = json['interactionPolicy']
  const rule = isObject(policy) ? policy['canQuote'] : undefined
  if (!isObject(rule)) return null
  return {
    automatic: addressesOf(rule['automaticApproval'] ?? rule['always']),
    manual: addressesOf(rule['manualApproval'] ?? rule['approvalRequired']),
  }
}

/** The groups that a policy means, as seen from its author. Whom else it names, nobody here can tell. */
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
