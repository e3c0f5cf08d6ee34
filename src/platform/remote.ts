/**
 * The port through which the core asks other servers; `federation/fetching/lookup.ts` implements it. Everything here reaches the
 * network, so it never runs inside a transaction.
 */
import type { AccountId, StatusId } from './ids.ts'

export type RemoteFind = { type: 'account'; id: AccountId } | { type: 'status'; id: StatusId }

/** What somebody wants to do: follow an account, reply to, favourite or boost a status. */
export type Intent = 'follow' | 'reply' | 'favourite' | 'boost'

export type RemoteLookup = {
  /** Finds an account by handle (`user@host`), fetches and stores it. Null when there is none, or its server can't be asked in time. */
  account(handle: string): Promise<AccountId | null>
  /**
   * Finds what a URI or page URL names, fetches and stores it, with the author of a status. Null when there is nothing, it is
   * not shown to us, or its server can't be asked in time.
   */
  url(url: string): Promise<RemoteFind | null>
  /** Reads the profile of a known account of another server once more. Does nothing when that server doesn't answer. */
  reread(uri: string): Promise<void>
  /** Reads a known status of another server once more, and stores what has changed. Does nothing when its server doesn't answer. */
  refresh(uri: string): Promise<void>
  /**
   * Finds the page on which somebody on another server, or anybody there, does something with what has a URI.
   *
   * @param home a handle, or a host
   * @returns null when that server has no such page or can't be asked in time
   */
  interactionPage(home: string, intent: Intent, uri: string): Promise<string | null>
}
