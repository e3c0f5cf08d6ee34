import type { Core } from '../core.ts'
import { asList, idOf, isSameOrigin, typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument } from './fetch-document.ts'

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
