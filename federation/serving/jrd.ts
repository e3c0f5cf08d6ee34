/**
 * WebFinger answers: the addresses of a local account, and the pages where its person interacts with remote objects.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7033
 */
import type { AskedAccount } from '#src/outgoing/documents/accounts.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { mediaTypeOf } from '#src/platform/storage/names.ts'
import type { Uris } from '#src/platform/uris.ts'
import { instanceName } from '../documents/actor.ts'
import { activityType } from '../documents/json.ts'

type Link = { rel: string; type?: string; href?: string; template?: string }
export type Jrd = { subject: string; aliases: string[]; links: Link[] }

/** A local actor that was found by WebFinger, and what is said of it. Fedify adds the subject and the link to the document. */
export type Discovered = {
  identifier: AccountId | typeof instanceIdentifier
  uri: string
  username: string
  aliases: string[]
  links: Link[]
}

/** The identifier of the instance's actor in Fedify. It is no id, so that no account can have it. */
export const instanceIdentifier = 'instance'

/** @see https://codeberg.org/fediverse/fep/src/branch/main/fep/3b86/fep-3b86.md */
export const intentRel = 'https://w3id.org/fep/3b86/'
export const subscribeRel = 'http://ostatus.org/schema/1.0/subscribe'
const profileRel = 'http://webfinger.net/rel/profile-page'

export const discoveredAccount = (
  { id, uri, url, username, avatarFile }: Pick<AskedAccount, 'id' | 'uri' | 'url' | 'username' | 'avatarFile'>,
  uris: Uris,
): Discovered => ({
  identifier: id,
  uri,
  username,
  aliases: [url, uri],
  links: [
    { rel: profileRel, type: 'text/html', href: url },
    ...(avatarFile
      ? [{ rel: 'http://webfinger.net/rel/avatar', type: mediaTypeOf(avatarFile), href: uris.file(avatarFile) }]
      : []),
    ...intents(uris),
  ],
})

/** The instance actor, which is found by its name (the host) and by the instance's address. */
export const discoveredInstance = (uris: Uris): Discovered => ({
  identifier: instanceIdentifier,
  uri: uris.instanceActor,
  username: instanceName(uris),
  aliases: [uris.instanceActor, `${uris.origin}/about`],
  links: [
    { rel: 'https://www.w3.org/ns/activitystreams#Service', type: activityType, href: uris.instanceActor },
    { rel: profileRel, type: 'text/html', href: `${uris.origin}/about` },
    ...intents(uris),
  ],
})

/** Intents of FEP-3b86. One page shows any object with all actions. */
function intents({ origin }: Uris): Link[] {
  const page = `${origin}/authorize_interaction?uri=`
  return [
    { rel: subscribeRel, template: `${page}{uri}` },
    ...['Object', 'Follow', 'Like', 'Announce'].map((intent) => ({
      rel: `${intentRel}${intent}`,
      template: `${page}{object}`,
    })),
    { rel: `${intentRel}Create`, template: `${origin}/share?title={name}&text={content}&reply_to={inReplyTo}` },
  ]
}

/** The answer with the requested links alone. */
export const withRels = (jrd: Jrd, rels: string[]): Jrd =>
  rels.length === 0 ? jrd : { ...jrd, links: jrd.links.filter(({ rel }) => rels.includes(rel)) }
