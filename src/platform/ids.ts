/**
 * Ids: 48 bits of milliseconds since 1970, then 16 bits that distinguish the ids of one millisecond. They fit a signed
 * 64-bit integer, grow with time and are decimal strings wherever they leave the database (JavaScript numbers would round
 * them). Mastodon's ids have the same shape, and apps compare them: longer is newer, then by digits.
 */
import { randomInt } from 'node:crypto'

declare const kind: unique symbol
export type Id<Kind extends string> = string & { readonly [kind]: Kind }
export type AccountId = Id<'account'>
export type StatusId = Id<'status'>
export type MediaId = Id<'media'>
export type TagId = Id<'tag'>
export type ApplicationId = Id<'application'>
export type TokenId = Id<'token'>
export type RelationId = Id<'relation'>
export type NotificationId = Id<'notification'>
export type ActivityId = Id<'activity'>
export type ListId = Id<'list'>
export type FilterId = Id<'filter'>
export type CardId = Id<'card'>
export type ConversationId = Id<'conversation'>
export type ScheduledStatusId = Id<'scheduled-status'>
export type DraftId = Id<'draft'>
export type CollectionId = Id<'collection'>
export type EmojiId = Id<'emoji'>
export type AnnouncementId = Id<'announcement'>
export type ReportId = Id<'report'>
export type SeveranceId = Id<'severance'>
export type RelayId = Id<'relay'>
export type IdentityId = Id<'identity'>
export type PasskeyId = Id<'passkey'>
export type SecurityEventId = Id<'security-event'>
export type InviteId = Id<'invite'>
export type RoleId = Id<'role'>
export type StrikeId = Id<'strike'>
export type AuditId = Id<'audit'>
export type WebhookId = Id<'webhook'>

const sequenceBits = 16n
const sequenceSize = 1 << 16
const maxId = 2n ** 63n - 1n

let lastMs = 0
let sequence = 0

/** A new id for a record that is created now. Ids of one process strictly grow, also when its clock steps back. */
export function newId<T extends Id<string>>(): T {
  const now = Math.max(Date.now(), lastMs)
  if (now > lastMs) {
    lastMs = now
    // Starting at random, in the lower half, keeps the ids of several processes apart and leaves room to count up.
    sequence = randomInt(sequenceSize / 2)
  } else if (++sequence === sequenceSize) {
    lastMs += 1
    sequence = 0
  }
  return compose<T>(lastMs, sequence)
}

/** Distinct moments of arrival in one millisecond, and ids for each of them. An id that is taken is drawn again. */
const stepsPerMs = 16
const idsPerStep = 4
/** A status that arrives later than this after its publication, in milliseconds, was fetched rather than sent. */
const promptMs = 600_000
const idsPerSecond = 1_000 * sequenceSize
const promptIds = promptMs * stepsPerMs * idsPerStep

let lastArrival = 0

/** The present as a moment of arrival, in milliseconds since 1970. Moments of one process strictly grow; those of several processes differ by chance. */
export function arrivesNow(): number {
  lastArrival = Math.max(Date.now() + Math.random() / 2, lastArrival + 1 / stepsPerMs)
  return lastArrival
}

/**
 * An id that sorts to a time in the past, such as a remote status' publication. Times in the future count as now.
 * Most servers send whole seconds: statuses published in one second sort by their arrival, whichever process received them.
 * The ids of one second hold the delay of prompt arrivals first; the rest of the second holds the moments of later arrivals,
 * modulo its length.
 */
export function idAt<T extends Id<string>>(time: Date, arrivedAt = arrivesNow()): T {
  const ms = time.getTime()
  if (ms % 1_000 !== 0 || ms > Date.now())
    return compose<T>(Math.max(0, Math.min(ms, Date.now())), randomInt(sequenceSize))
  const delay = Math.max(0, arrivedAt - ms)
  const place = (moment: number): number => Math.floor(moment * stepsPerMs) * idsPerStep + randomInt(idsPerStep)
  const offset = delay < promptMs ? place(delay) : promptIds + (place(arrivedAt) % (idsPerSecond - promptIds))
  return compose<T>(Math.max(0, ms) + Math.floor(offset / sequenceSize), offset % sequenceSize)
}

/** The time that `newId` or `idAt` wrote into an id. */
export function timeOfId(id: Id<string>): Date {
  return new Date(Number(BigInt(id) >> sequenceBits))
}

/** The smallest id of a moment: larger than all ids of earlier moments. Ids end in the year 6429. */
export const firstIdAt = <T extends Id<string>>(time: Date): T =>
  compose<T>(Math.min(time.getTime(), Number(maxId >> sequenceBits)), 0)

/** Compares two ids, the older first: the shorter one, else by digits. */
export const byAge = (a: Id<string>, b: Id<string>): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** Whether a string from outside can be an id at all. Other strings are treated as unknown ids. */
export function isId(text: string): boolean {
  return /^[1-9][0-9]{0,18}$/.test(text) && BigInt(text) <= maxId
}

function compose<T extends Id<string>>(ms: number, low: number): T {
  return ((BigInt(ms) << sequenceBits) | BigInt(low)).toString() as T
}
