/** A request of another server for a local document, and its results, on the way through the gateway and Fedify. */
import type { AskedAccount } from '#src/outgoing/documents/accounts.ts'
import type { AskedStatus, StatusDocument } from '#src/outgoing/documents/statuses.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Kind } from './negotiation.ts'
import { refusal } from './signer.ts'

export type Asked = {
  app: App
  /** As it arrived: Fedify gets another one, without signature. */
  request: Request
  fingerprint: string
  /** Rows that were read during the look-up in the store. */
  account?: { needsSignature: boolean; account: AskedAccount | null }
  status?: { needsSignature: boolean; status: AskedStatus | null }
  page?: StatusDocument[]
  refused?: Promise<Response | null>
  /** An answer that is no document. Fedify knows only 404, and 410 of actors. */
  answer?: Response
  kind?: Kind
}

/** A document, as an object or as its JSON text. `isGone`: the Tombstone of an actor. */
export type Document = { json: object | string; isGone?: true } & Omit<Kind, 'status'>
export type Found = Document | Response

/** The handler of a path. `id` may be any text. */
export type Find = (asked: Asked, id: string) => Promise<Found>

/** The refusal of a request, see `refusal`. Its signature is verified once. */
export const refused = (asked: Asked, needsSignature: boolean, owner: AccountId | null): Promise<Response | null> =>
  (asked.refused ??= refusal(asked.app, asked.request, needsSignature, owner))
