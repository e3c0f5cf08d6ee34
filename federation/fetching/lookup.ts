/** Finds accounts, statuses and collections of accounts on other servers, and stores them: implements the port `RemoteLookup` of `src`. */
import { accountByHandle, accountByUri, accountByUrl, accountHead } from '#src/accounts/find.ts'
import { receiveRemoteAccount } from '#src/accounts/receive.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { Reception } from '#src/incoming/received.ts'
import { refreshIfStale } from '#src/incoming/refresh-accounts.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId, CollectionId, StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { HostUnavailable } from '#src/platform/queue/hosts.ts'
import type { RemoteFind, RemoteLookup } from '#src/platform/remote.ts'
import { dayMs } from '#src/platform/time.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { receiveRemoteStatus } from '#src/statuses/receive/receive.ts'
import { openThread } from '#src/statuses/threads/open-thread.ts'
import type { Core } from '../core.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { idOf, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { isActor, type ParsedActor, parseActor } from '../parse/actor.ts'
import { isFeatureType, parseFeaturedCollection } from '../parse/featured-collection.ts'
import { htmlAlternate } from '../parse/html-page.ts'
import { interactionPolicyOf } from '../parse/interaction-policy.ts'
import { isNote, type ParsedNote, parseNote } from '../parse/note.ts'
import { quotePolicyOf } from '../parse/quote.ts'
import { collectionIn, storeCollection } from './collections.ts'
import { type Budget, fetchDocument, fetchPage, forgetDocument, newBudget, toDocument } from './fetch-document.ts'
import { isFinalError } from './final-error.ts'
import { findInteractionPage } from './interaction-page.ts'
import { withOwnIds } from './own-addresses.ts'
import { confirmedHandle, isConfirmed, webFinger } from './webfinger.ts'

const log = getLogger('federation')
/** A profile older than this is read again when it is looked up. */
const freshMs = dayMs
/** Unknown accounts in one status that are looked up; further ones are not shown as mentioned. */
const maxUnknownMentions = 5
/** Requests for reading any number of profiles again, while a person waits. */
const maxRereading = 60

export function remoteLookup(core: Core): RemoteLookup {
  return {
    account: (handle) => nullOnFailure(handle, () => findAccount(core, handle, newBudget(), { renews: true })),
    url: async (url) => {
      const found = await nullOnFailure(url, () => findByUrl(core, url, newBudget()))
      // A person who looks up a post will want to read its replies.
      if (found?.type === 'status') await openThread(core, found.id)
      return found
    },
    reread: async (uris, timeoutMs) => {
      const budget = newBudget(maxRereading, timeoutMs)
      await Promise.all(uris.map((uri) => nullOnFailure(uri, () => refetchAccount(core, uri, budget))))
    },
    refresh: async (uri) => void (await nullOnFailure(uri, () => refetchStatus(core, uri, newBudget()))),
    interactionPage: (home, intent, uri) =>
      nullOnFailure(home, () => findInteractionPage(core, home, intent, uri, newBudget(6))),
  }
}

/** Null for failures, too: for the person who asked, "not there" and "no answer" are the same. */
async function nullOnFailure<T>(what: string, find: () => Promise<T | null>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    // Logs the host alone: a search term may be a mail address.
    log.info('Nothing was found on {host}: {reason}', { host: hostOf(what), reason: error.message })
    return null
  }
}

const hostOf = (handleOrUrl: string): string =>
  URL.canParse(handleOrUrl) ? new URL(handleOrUrl).host : (parseHandle(handleOrUrl)?.domain ?? '')

/** The account, status or collection that a URL of another server names, stored or fetched. */
async function findByUrl(core: Core, url: string, budget: Budget): Promise<RemoteFind | null> {
  if (!URL.canParse(url) || core.uris.isOwn(url)) return null
  const known = await statusByUri(core.db, url)
  if (known) return known.deletedAt ? null : { type: 'status', id: known.id }
  const shown = await accountByUrl(core.db, core.uris, url)
  const account = shown && (await accountHead(core.db, shown))
  if (account) return asFound('account', await findAccount(core, account.uri, budget, { renews: true }))

  const json = await fetchObject(core, url, budget)
  if (json && isActor(json)) return asFound('account', await storeActor(core, json, budget))
  if (json && isFeatureType(json, 'FeaturedCollection'))
    return asFound('collection', await storeFound(core, json, budget))
  const note = json && isNote(json) ? parseNote(json) : null
  return note && asFound('status', await storeNote(core, note, budget))
}

/** Stores a collection of accounts, with its owner. */
async function storeFound(core: Core, json: JsonObject, budget: Budget): Promise<CollectionId | null> {
  const [owner] = parseFeaturedCollection(json)?.owners ?? []
  const account = owner === undefined || core.uris.isOwn(owner) ? null : await findActor(core, owner, budget)
  const collection = account && collectionIn(core, json, account)
  return collection && storeCollection(core, account, collection)
}

const asFound = <T extends RemoteFind['type']>(type: T, id: (RemoteFind & { type: T })['id'] | null) =>
  id === null ? null : ({ type, id } as RemoteFind)

/**
 * The account with a handle or URI, fetched if it is unknown. A page URL of another server leads to the account that the page names.
 *
 * @param options `renews`: a person asks for this very account, so a profile older than a day is read first; otherwise a job reads it
 * @throws HttpError when its server can't be asked, Refusal when it may not be stored
 */
export async function findAccount(
  core: Core,
  handleOrUrl: string,
  budget: Budget,
  { renews = false } = {},
): Promise<AccountId | null> {
  const handle = parseHandle(handleOrUrl)
  if (handle && core.uris.localised(handle).domain === null)
    return accountByHandle(core.db, { ...handle, domain: null })
  if (!handle && !URL.canParse(handleOrUrl)) return null
  if (!handle && core.uris.isOwn(handleOrUrl)) return accountByUrl(core.db, core.uris, handleOrUrl)
  const known = handle ? await accountByHandle(core.db, handle) : await accountByUri(core.db, handleOrUrl)
  if (known && !renews) {
    await refreshIfStale(core.db, known)
    return known
  }
  if (known && (await isFresh(core, known))) return known
  try {
    const fetched = handle?.domain
      ? await fetchByHandle(core, handle.username, handle.domain, budget)
      : await fetchByUrl(core, handleOrUrl, budget)
    return fetched ?? known
  } catch (error) {
    if (known && error instanceof HttpError) return known
    throw error
  }
}

async function isFresh(core: Core, id: AccountId): Promise<boolean> {
  const [account] = await loadAccountViews(core.db, [id])
  return !account || isCurrent(account)
}

const isCurrent = ({ isLocal, suspendedAt, suspendedBy, fetchedAt }: AccountView): boolean =>
  isLocal ||
  (suspendedAt !== null && suspendedBy !== 'origin') ||
  (fetchedAt !== null && Date.now() - fetchedAt.getTime() < freshMs)

/** The account with a URI, as `findAccount` finds it. Takes two queries for an account that is here and was read lately. */
export async function findActor(core: Core, uri: string, budget: Budget): Promise<AccountView | null> {
  const known = await actorByUri(core, uri)
  if (known && isCurrent(known)) return known
  const id = await findAccount(core, uri, budget)
  const [found] = id ? await loadAccountViews(core.db, [id]) : []
  return found ?? null
}

/** The account with a URI, if it is here. */
export async function actorByUri(core: Core, uri: string): Promise<AccountView | null> {
  const id = await accountByUri(core.db, uri)
  const [found] = id ? await loadAccountViews(core.db, [id]) : []
  return found ?? null
}

async function fetchByHandle(core: Core, username: string, domain: string, budget: Budget): Promise<AccountId | null> {
  const found = await webFinger(core, username, domain, budget)
  if (!found || core.uris.isOwn(found.actor)) return null
  const isCanonical = found.domain === domain && found.username.toLowerCase() === username.toLowerCase()
  const isOurs = isCanonical || (await isConfirmed(core, found, budget).catch(() => false))
  const { json } = await fetchDocument(core, found.actor, budget)
  if (idOf(json['id']) !== found.actor || !isOurs) return storeActor(core, json, budget)
  return storeActor(core, json, budget, found)
}

async function fetchByUrl(core: Core, url: string, budget: Budget): Promise<AccountId | null> {
  const json = await fetchObject(core, url, budget)
  return json && isActor(json) ? storeActor(core, json, budget) : null
}

/** The document at a URL; for an HTML page, the document that the page names. */
async function fetchObject(core: Core, url: string, budget: Budget): Promise<JsonObject | null> {
  const page = await fetchPage(core, url, budget, ', text/html;q=0.5')
  const direct = toDocument(page)
  const id = direct ? idOf(direct.json['id']) : htmlAlternate(page)
  if (id === null || core.uris.isOwn(id)) return null
  if (direct && isSameOrigin(id, direct.url)) return withOwnIds(core, direct.json)
  return (await fetchDocument(core, id, budget)).json
}

/**
 * Stores or updates an actor that was fetched from its own server.
 *
 * @param handle its handle, if its server has confirmed that already
 */
export async function storeActor(
  core: Core,
  json: JsonObject,
  budget: Budget,
  handle?: { username: string; domain: string },
): Promise<AccountId | null> {
  const actor = parseActor(json)
  if (!actor || core.uris.isOwn(actor.uri)) return null
  if (actor.movedToUri) await refreshSuccessor(core, actor.uri, actor.movedToUri, budget)
  return storeProfile(core, actor, budget, handle)
}

/** Reads the successor's profile, if it is unknown here or does not name the old account yet: a move counts only if both profiles name each other. */
async function refreshSuccessor(core: Core, uri: string, successor: string, budget: Budget): Promise<void> {
  if (successor === uri || core.uris.isOwn(successor)) return
  const known = await accountByUri(core.db, successor)
  const [view] = known ? await loadAccountViews(core.db, [known]) : []
  if (view?.alsoKnownAs.includes(uri)) return
  try {
    const actor = await freshActor(core, successor, budget)
    // A further move of the successor is not followed.
    if (actor?.alsoKnownAs?.includes(uri)) await storeProfile(core, actor, budget)
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
  }
}

/** The current profile, past the cache; null when the document is not an actor with this URI. */
async function freshActor(core: Core, uri: string, budget: Budget): Promise<ParsedActor | null> {
  forgetDocument(core, uri)
  const { json } = await fetchDocument(core, uri, budget)
  return idOf(json['id']) === uri && isActor(json) ? parseActor(json) : null
}

/** Fetches the profile of an account again. */
export async function refetchAccount(core: Core, uri: string, budget: Budget): Promise<AccountId | null> {
  if (core.uris.isOwn(uri)) return null
  const actor = await freshActor(core, uri, budget)
  if (actor?.movedToUri) await refreshSuccessor(core, actor.uri, actor.movedToUri, budget)
  return actor && storeProfile(core, actor, budget)
}

async function storeProfile(
  core: Core,
  actor: ParsedActor,
  budget: Budget,
  handle?: { username: string; domain: string },
): Promise<AccountId | null> {
  const isHandle = handle && handle.username.toLowerCase() === actor.username.toLowerCase()
  const confirmed = isHandle
    ? handle
    : await confirmedHandle(core, actor.uri, actor.username, budget, await storedHandle(core, actor))
  if (!confirmed || confirmed.domain === core.uris.handleHost) return null
  return core.db.transaction((tx) =>
    receiveRemoteAccount(tx, { ...actor, username: actor.username, domain: confirmed.domain }),
  )
}

/** The handle that was confirmed before, if the actor's username is unchanged. */
async function storedHandle(
  core: Core,
  { uri, username }: ParsedActor,
): Promise<{ username: string; domain: string } | null> {
  const id = await accountByUri(core.db, uri)
  const stored = id && (await accountHead(core.db, id))
  return stored?.domain && stored.username.toLowerCase() === username.toLowerCase()
    ? { username, domain: stored.domain }
    : null
}

/**
 * The status with a URI or page URL, fetched with its author if it is unknown.
 *
 * @param depth number of replies between it and the status that it is fetched for
 * @throws HttpError when its server can't be asked, Refusal when it may not be stored
 */
export async function findStatus(core: Core, url: string, budget: Budget, depth = 0): Promise<StatusId | null> {
  const own = core.uris.parse(url)
  if (own) return own.type === 'status' ? own.id : null
  if (!URL.canParse(url) || core.uris.isOwn(url)) return null
  const known = await statusByUri(core.db, url)
  if (known) return known.deletedAt ? null : known.id

  const json = await fetchObject(core, url, budget)
  const note = json && isNote(json) ? parseNote(json) : null
  return note && storeNote(core, note, budget, { depth })
}

/** Fetches a known status again, without the cache. */
async function refetchStatus(core: Core, uri: string, budget: Budget): Promise<StatusId | null> {
  if (core.uris.isOwn(uri)) return null
  forgetDocument(core, uri)
  const { json } = await fetchDocument(core, uri, budget)
  const note = isNote(json) ? parseNote(json) : null
  return note && note.uri === uri ? storeNote(core, note, budget, { isCurrent: true }) : null
}

type NoteSource = {
  /** Records that the activity which brought the status takes effect. A repeat is not stored. */
  reception?: (tx: Tx) => Promise<Reception>
  /** Whether this is the server's current state: of two states of the same second it is the newer one. */
  isCurrent?: boolean
  /** Its author, if already loaded. */
  author?: AccountView
  /** See RemoteStatus. */
  arrivedAt?: number | undefined
  /** See RemoteStatus. */
  isRequested?: boolean
  /** See RemoteStatus. */
  depth?: number
  /** See RemoteStatus; by default the rest of the budget. */
  fetchesLeft?: number
  /** Runs in the same transaction after the status is stored. */
  after?: (tx: Tx, id: StatusId) => Promise<void>
}

/** Stores a post that came from its own server, with its author and the accounts that it mentions. */
export async function storeNote(
  core: Core,
  note: ParsedNote,
  budget: Budget,
  {
    reception,
    isCurrent = false,
    author: known,
    arrivedAt,
    isRequested = false,
    depth,
    fetchesLeft,
    after,
  }: NoteSource = {},
): Promise<StatusId | null> {
  if (core.uris.isOwn(note.uri)) return null
  const author = known ?? (await authorOf(core, note, budget))
  if (!author || author.isLocal || author.suspendedAt || !note.authors.includes(author.uri)) return null

  const visibility = visibilityOf(note, author.followersUrl)
  const mentionedIds = await mentionedAccounts(core, note, visibility, budget)
  const audienceUri = isOpen(visibility) ? await groupOf(core, note, budget) : null
  return core.db.transaction(async (tx) => {
    const came = (await reception?.(tx)) ?? 'first'
    if (came === 'repeated') return null
    const quotePolicy = note.canQuote && quotePolicyOf(note.canQuote, author)
    const interactionPolicy = interactionPolicyOf(note.canInteract, author)
    const id = await receiveRemoteStatus(tx, {
      ...note,
      accountId: author.id,
      visibility,
      mentionedIds,
      audienceUri,
      interactionPolicy,
      isCurrent: isCurrent && came === 'first',
      isRequested,
      ...(arrivedAt === undefined ? {} : { arrivedAt }),
      ...(depth === undefined ? {} : { depth, fetchesLeft: fetchesLeft ?? Math.max(budget.fetchesLeft, 0) }),
      ...(quotePolicy ? { quotePolicy } : {}),
    })
    if (id) await after?.(tx, id)
    return id
  })
}

/**
 * The author of a post. Of several it is the stored post's author, or else a person rather than a group, for which the actors have to
 * be fetched.
 *
 * @throws HttpError when one of them can't be fetched at the moment: the post might get the wrong author
 */
async function authorOf(core: Core, { uri, authors }: ParsedNote, budget: Budget): Promise<AccountView | null> {
  const [only, ...more] = authors
  if (only === undefined) return null
  if (more.length === 0) return findActor(core, only, budget)
  const known = await statusByUri(core.db, uri)
  const [storedAuthor] = known ? await loadAccountViews(core.db, [known.accountId]) : []
  if (storedAuthor && authors.includes(storedAuthor.uri)) return storedAuthor
  let best: AccountView | null = null
  for (const each of authors.slice(0, maxAuthorsAsked)) {
    const found = await findActor(core, each, budget).catch((error: unknown) =>
      isFinalError(error) ? null : Promise.reject(error),
    )
    if (found && (best === null || rankOf(found) < rankOf(best))) best = found
    if (best && rankOf(best) === 0) break
  }
  return best
}

const maxAuthorsAsked = 4

/** Persons are authors first, then services; groups only pass posts on. */
const rankOf = ({ actorType }: AccountView): number =>
  actorType === 'Person' ? 0 : actorType === 'Group' || actorType === 'Organization' ? 2 : 1

/** The group that a post was written in, if `audience` is a group: replies go there, too. */
async function groupOf(core: Core, { audience }: ParsedNote, budget: Budget): Promise<string | null> {
  if (audience === null || core.uris.isOwn(audience)) return null
  const id =
    (await accountByUri(core.db, audience)) ?? (await nullIfUnreachable(findAccount(core, audience, budget), budget))
  const [account] = id ? await loadAccountViews(core.db, [id]) : []
  return account?.actorType === 'Group' ? account.uri : null
}

/**
 * Null when another server fails; errors of our own are thrown. A delivered post waits for a host that is merely busy: its job is
 * retried soon. It does not wait for a host that stays down, which would delay posts for days.
 */
async function nullIfUnreachable<T>(finding: Promise<T>, { isHasty = false }: Budget): Promise<T | null> {
  try {
    return await finding
  } catch (error) {
    if (
      !(error instanceof HttpError || error instanceof Refusal) ||
      (isHasty && error instanceof HostUnavailable && error.isBrief)
    )
      throw error
    return null
  }
}

async function mentionedAccounts(
  core: Core,
  note: ParsedNote,
  visibility: string,
  budget: Budget,
): Promise<AccountId[]> {
  // Addressees of a private status may see it even if its text does not mention them.
  const unnamed =
    visibility === 'private' || visibility === 'direct'
      ? [...note.to, ...note.cc].filter((uri) => core.uris.parse(uri)?.type === 'account')
      : []
  const ids: AccountId[] = []
  let unknownMentions = 0
  for (const uri of new Set([...note.mentioned, ...unnamed])) {
    const known = await accountByUri(core.db, uri)
    if (known) ids.push(known)
    else if (!core.uris.isOwn(uri) && unknownMentions++ < maxUnknownMentions) {
      const found = await nullIfUnreachable(findAccount(core, uri, budget), budget)
      if (found) ids.push(found)
    }
  }
  return ids
}
