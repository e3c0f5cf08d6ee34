import type { Core } from '../core.ts'
import { asList, idOf, isSameOrigin, typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument } from './documents.ts'

/** Who is said to consent to what being done to which object of theirs; URIs. */
export type Claim = {
  kind: 'Quote' | 'Like' | 'Reply' | 'Announce'
  author: string
  interaction: string
  target: string
}

/**
 * Whether the author of what is interacted with, on their own server, says yes to this very interaction. Older versions of GoToSocial show their
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
  // Consents of ours are known without asking.
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
