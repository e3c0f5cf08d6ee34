/**
 * The port through which the core asks other servers; `federation/lookup.ts` implements it. Everything here reaches the
 * network, so it never runs inside a transaction.
 */
import type { AccountId, StatusId } from './ids.ts'

export type RemoteFind = { type: 'account'; id: AccountId } | { type: 'status'; id: StatusId }

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
}
