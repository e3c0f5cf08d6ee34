/**
 * The port through which the core asks other servers; `federation/fetching/lookup.ts` implements it. Everything here reaches the
 * network, so it never runs inside a transaction.
 */
import type { AccountId, CollectionId, StatusId } from './ids.ts'

export type RemoteFind =
  | { type: 'account'; id: AccountId }
  | { type: 'status'; id: StatusId }
  | { type: 'collection'; id: CollectionId }

/** An interaction that starts on another server: to follow an account, or to reply to, favourite or boost a status. */
export type Intent = 'follow' | 'reply' | 'favourite' | 'boost'

export type RemoteLookup = {
  /** Finds an account by handle (`user@host`), fetches and stores it. Null when there is none, or its server can't be asked in time. */
  account(handle: string): Promise<AccountId | null>
  /**
   * Finds the account, status or collection of accounts that a URI or page URL names, fetches and stores it, with its author. Null
   * when there is none, it is not shown to us, or its server can't be asked in time.
   */
  url(url: string): Promise<RemoteFind | null>
  /**
   * Fetches the profiles of known remote accounts again, all at once, in at most 60 requests. Does nothing where a server doesn't answer.
   * `timeoutMs`: for all of it.
   */
  reread(uris: readonly string[], timeoutMs?: number): Promise<void>
  /** Fetches a known remote status again and stores its changes. Does nothing when its server doesn't answer. */
  refresh(uri: string): Promise<void>
  /**
   * Finds the page of another server where its people interact with an account or status, named by its URI.
   *
   * @param home the handle of a person, or only the host
   * @returns null when that server has no such page or can't be asked in time
   */
  interactionPage(home: string, intent: Intent, uri: string): Promise<string | null>
}
