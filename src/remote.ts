/**
 * The port through which the core asks other servers; `federation/lookup.ts` implements it. Everything here reaches the
 * network, so it never runs inside a transaction.
 */
import type { AccountId, StatusId } from './ids.ts'

export type RemoteLookup = {
  /**
   * Finds an account by handle (`user@host`), URI or page URL, fetches and stores it.
   * Null when there is none, or its server can't be asked in time.
   */
  account(handleOrUrl: string): Promise<AccountId | null>
  /** Finds a status by URI or page URL, fetches and stores it, its author included. Null when there is none or it is not public to us. */
  status(url: string): Promise<StatusId | null>
}
