/** Our own URIs and page URLs, built and parsed. URIs for other servers hold ids, never names, so names may change. */
import { LRUCache } from 'lru-cache'
import type { Config } from './config.ts'
import { parseHandle } from './handle.ts'
import { type AccountId, type CollectionId, type Id, isId, type RelationId, type StatusId } from './ids.ts'
import type { InteractionKind } from './interaction-kind.ts'
import type { Secrets } from './secrets.ts'
import { type RemoteVariant, remoteName } from './storage/remote-names.ts'

export type Uris = ReturnType<typeof urisOf>

/** The object that a URI of this server names; `profile`: the page of a local or remote account. */
export type OwnUri =
  | { type: 'account'; id: AccountId }
  | { type: 'status'; id: StatusId }
  | { type: 'collection'; id: CollectionId }
  | { type: 'profile'; username: string; domain: string | null }

/** Kinds of ids of collections of accounts: their items, and the consents to be in one (FEP-7aa9). */
type FeatureKind = 'collection-items' | 'feature-requests' | 'feature-authorizations'

const interactionPaths = new Map<string, InteractionKind>([
  ['likes', 'like'],
  ['like-requests', 'like'],
  ['statuses', 'reply'],
  ['reply-requests', 'reply'],
  ['announces', 'announce'],
  ['announce-requests', 'announce'],
])

/** A segment of a path, unescaped. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Signed URLs that are cached: to sign each URL of a page again would take longer than the rest of the page. */
const maxSigned = 20_000

/** @param secrets sign the URLs of our copies of remote files; without them, remote files have their original URLs */
export function urisOf(
  config: Pick<Config, 'origin' | 'handleHost'> & { s3?: Config['s3']; remoteMedia?: Config['remoteMedia'] },
  secrets?: Pick<Secrets, 'sign'>,
) {
  const { origin, handleHost } = config
  const signed = new LRUCache<string, string>({ max: maxSigned })
  const servesRemoteFiles =
    secrets !== undefined && config.remoteMedia !== undefined && config.remoteMedia.mode !== 'link'
  const files = config.s3?.publicUrl ?? `${origin}/media`
  const account = (id: AccountId) => `${origin}/ap/accounts/${id}`
  const status = (id: StatusId) => `${origin}/ap/statuses/${id}`
  const ownHosts = new Set([handleHost, new URL(origin).host])
  const localised = <T extends { domain: string | null }>(handle: T): T =>
    handle.domain !== null && ownHosts.has(handle.domain) ? { ...handle, domain: null } : handle
  const segmentsOf = (uri: string): string[] | null => {
    const url = URL.parse(uri)
    return url?.origin === origin
      ? url.pathname
          .replace(/\/$/, '')
          .replace(/^\/%40/i, '/@')
          .split('/')
          .slice(1)
      : null
  }
  const profileOf = (segment: string): OwnUri | null => {
    const handle = parseHandle(decoded(segment))
    return handle && { type: 'profile', ...localised(handle), username: handle.username.toLowerCase() }
  }
  return {
    origin,
    handleHost,
    /** A handle as accounts are stored: without a domain where that is our handle host or the host of the website. */
    localised,
    /** ActivityPub id of a local account. */
    account,
    inbox: (id: AccountId) => `${account(id)}/inbox`,
    outbox: (id: AccountId) => `${account(id)}/outbox`,
    followers: (id: AccountId) => `${account(id)}/followers`,
    following: (id: AccountId) => `${account(id)}/following`,
    featured: (id: AccountId) => `${account(id)}/featured`,
    featuredTags: (id: AccountId) => `${account(id)}/featured-tags`,
    featuredCollections: (id: AccountId) => `${account(id)}/featured-collections`,
    /** The thread that began with a local status, as a collection of its posts. */
    thread: (id: StatusId) => `${origin}/ap/threads/${id}`,
    sharedInbox: `${origin}/ap/inbox`,
    /** The actor of the instance itself, which signs fetches. */
    instanceActor: `${origin}/ap/instance`,
    /** ActivityPub id of a local custom emoji. */
    emoji: (shortcode: string) => `${origin}/ap/emojis/${shortcode}`,
    /** ActivityPub id of a local status. */
    status,
    /** ActivityPub id of a local collection of accounts. */
    collection: (id: CollectionId) => `${origin}/ap/collections/${id}`,
    /** Page of a local or remote collection of accounts. */
    collectionPage: (id: CollectionId) => `${origin}/collections/${id}`,
    /** Id of a local activity about a relationship, as in `/ap/follows/1`. */
    activity: (
      kind:
        | 'follows'
        | 'likes'
        | 'reactions'
        | 'blocks'
        | 'accepts'
        | 'rejects'
        | 'undos'
        | 'updates'
        | 'creates'
        | 'deletes'
        | 'announces'
        | 'votes'
        | 'adds'
        | 'removes'
        | 'flags'
        | 'moves'
        | 'quote-requests'
        | `${InteractionKind}-${'requests' | 'authorizations'}`
        | 'quote-authorizations'
        | FeatureKind,
      id: Id<string> | string,
    ) => `${origin}/ap/${kind}/${id}`,
    profile: (username: string) => `${origin}/@${username}`,
    statusPage: (username: string, id: StatusId) => `${origin}/@${username}/${id}`,
    tag: (name: string) => `${origin}/tags/${encodeURIComponent(name)}`,
    /** A file in this server's store. */
    file: (name: string) => `${files}/${name}`,
    /** The URL that people load a remote file from: on this server, unless the settings link to the original. */
    remoteFile(url: string, variant: RemoteVariant): string {
      if (!servesRemoteFiles) return url
      const key = `${variant} ${url}`
      const cachedUrl = signed.get(key)
      if (cachedUrl) return cachedUrl
      const signedUrl = `${origin}/media/remote/${remoteName(secrets, url, variant)}`
      signed.set(key, signedUrl)
      return signedUrl
    },
    /** Whether a URI lies on this server, so that only our database has its object. */
    isOwn: (uri: string) => URL.canParse(uri) && new URL(uri).origin === origin,
    /** The local favourite, reply or boost that a URI names, directly or by its request for consent. */
    interaction(uri: string): { kind: InteractionKind; id: Id<string> } | null {
      const [, path = '', id = ''] = uri.startsWith(`${origin}/ap/`)
        ? (/^\/ap\/([a-z-]+)\/([0-9]+)$/.exec(new URL(uri).pathname) ?? [])
        : []
      const kind = interactionPaths.get(path)
      return kind && isId(id) ? { kind, id: id as Id<string> } : null
    },
    /** The collection item that a URI of this kind names; null for any other URI. */
    collectionItem(kind: FeatureKind, uri: string): RelationId | null {
      const start = `${origin}/ap/${kind}/`
      const [id = ''] = uri.startsWith(start) ? uri.slice(start.length).split('#') : []
      return isId(id) ? (id as RelationId) : null
    },
    /** Whether a URI is the exact id of a local object, rather than another address of it. */
    isId: (uri: string) => uri.startsWith(`${origin}/ap/`) && !/[?#]|\/$/.test(uri),
    /** Whether a URI lies where our pages are. */
    isPage: (uri: string) => segmentsOf(uri)?.[0]?.startsWith('@') === true,
    /** The object that a URI or page URL of ours names, with or without query and fragment; null for any other URI. */
    parse(uri: string): OwnUri | null {
      const parts = segmentsOf(uri)
      if (!parts) return null
      const [first, second, third] = parts
      if (first === 'ap' && parts.length === 3 && third && isId(third)) {
        if (second === 'accounts') return { type: 'account', id: third as AccountId }
        if (second === 'statuses') return { type: 'status', id: third as StatusId }
        if (second === 'collections') return { type: 'collection', id: third as CollectionId }
      }
      if (first === 'collections' && parts.length === 2 && second && isId(second))
        return { type: 'collection', id: second as CollectionId }
      if (first?.startsWith('@')) {
        if (parts.length === 1) return profileOf(first)
        if (parts.length === 2 && second && isId(second)) return { type: 'status', id: second as StatusId }
      }
      return null
    },
  }
}
