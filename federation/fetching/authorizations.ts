import type { Core } from '../core.ts'
import { asList, idOf, isSameOrigin, typesOf } from '../documents/json.ts'
import { isFeatureType } from '../parse/featured-collection.ts'
import { type Budget, fetchDocument, forgetDocument } from './fetch-document.ts'

/** The claim that an author consents to an interaction with one of their objects; URIs. */
export type Claim = {
  kind: 'Quote' | 'Like' | 'Reply' | 'Announce'
  author: string
  interaction: string
  target: string
}

/**
 * Whether the target's author, on their own server, consents to this very interaction. Older versions of GoToSocial show their
 * Accept in place of an authorization.
 *
 * @throws HttpError when that server can't be asked
 */
export async function isAuthorized(
  core: Core,
  approvalUri: string,
  { kind, author, interaction, target }: Claim,
  budget: Budget,
): Promise<boolean> {
  // Local consents are known without a request.
  if (core.uris.isOwn(approvalUri) || !isSameOrigin(approvalUri, author)) return false
  const { json } = await fetchDocument(core, approvalUri, budget)
  if (idOf(json['id']) !== approvalUri) return false
  const types = typesOf(json).map((type) => type.slice(type.lastIndexOf('#') + 1))
  if (types.includes('Accept'))
    return kind !== 'Quote' && idOf(json['actor']) === author && idOf(json['object']) === interaction
  return (
    (types.includes(`${kind}Authorization`) || types.includes(`${kind}Approval`)) &&
    asList(json['attributedTo']).map(idOf).includes(author) &&
    idOf(json['interactingObject']) === interaction &&
    idOf(json['interactionTarget']) === target
  )
}

/**
 * Whether an account, on its own server, consents to be in this very collection (FEP-7aa9). Mastodon does not say who made an
 * authorization: it is the account that it is about. It is asked past the cache, as it may just have been made.
 *
 * @throws HttpError when that server can't be asked
 */
export async function isFeatureAuthorized(
  core: Core,
  approvalUri: string,
  { account, collection }: { account: string; collection: string },
  budget: Budget,
): Promise<boolean> {
  if (core.uris.isOwn(approvalUri) || !isSameOrigin(approvalUri, account)) return false
  forgetDocument(core, approvalUri)
  const { json } = await fetchDocument(core, approvalUri, budget)
  const authors = asList(json['attributedTo']).map(idOf)
  return (
    idOf(json['id']) === approvalUri &&
    isFeatureType(json, 'FeatureAuthorization') &&
    (authors.length === 0 || authors.includes(account)) &&
    idOf(json['interactingObject']) === collection &&
    idOf(json['interactionTarget']) === account
  )
}
