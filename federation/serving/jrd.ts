/**
 * WebFinger answers: the addresses of a local account, and the pages where its person interacts with remote objects.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7033
 */
import type { AskedAccount } from '#src/outgoing/documents/accounts.ts'
import { mediaTypeOf } from '#src/platform/storage/names.ts'
import type { Uris } from '#src/platform/uris.ts'
import { instanceName } from '../documents/actor.ts'
import { activityType } from '../documents/json.ts'

type Link = { rel: string; type?: string; href?: string; template?: string }
export type Jrd = { subject: string; aliases: string[]; links: Link[] }

/** @see https://codeberg.org/fediverse/fep/src/branch/main/fep/3b86/fep-3b86.md */
export const intentRel = 'https://w3id.org/fep/3b86/'
export const subscribeRel = 'http://ostatus.org/schema/1.0/subscribe'

export function toJrd(
  { uri, url, username, avatarFile }: Pick<AskedAccount, 'uri' | 'url' | 'username' | 'avatarFile'>,
  uris: Uris,
): Jrd {
  return {
    subject: `acct:${username}@${uris.handleHost}`,
    aliases: [url, uri],
    links: [
      { rel: 'self', type: activityType, href: uri },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: url },
      ...(avatarFile
        ? [{ rel: 'http://webfinger.net/rel/avatar', type: mediaTypeOf(avatarFile), href: uris.file(avatarFile) }]
        : []),
      ...intents(uris),
    ],
  }
}

/** The answer for the instance actor, which is found by its name (the host) and by the instance's address. */
export function toInstanceJrd(uris: Uris): Jrd {
  const url = `${uris.origin}/about`
  return {
    subject: `acct:${instanceName(uris)}@${uris.handleHost}`,
    aliases: [uris.instanceActor, url],
    links: [
      { rel: 'self', type: activityType, href: uris.instanceActor },
      { rel: 'https://www.w3.org/ns/activitystreams#Service', type: activityType, href: uris.instanceActor },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: url },
      ...intents(uris),
    ],
  }
}

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
