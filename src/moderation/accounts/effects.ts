/**
 * The effects of strikes on an account, and their undoing. Each takes the locked row of the account. A rule about a server or the
 * account's own server may have the same effect: what they did stays when a moderator's action is lifted.
 */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { keepAnOwner } from '../../accounts/owners.ts'
import { closeSessions } from '../../accounts/sessions/sessions.ts'
import { endAccess } from '../../accounts/sign-up/credentials.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import type { Severity } from '../../platform/db/schema/moderation.ts'
import { dayMs } from '../../platform/time.ts'
import { rulesAbout } from '../../rules/servers/current.ts'
import { effectiveRule, strictest } from '../../rules/servers/rulebook.ts'
import { refuse } from '../../text/refusals.ts'
import { blockAddressOf, freeAddressOf } from '../addresses/canonical.ts'

export type Target = typeof accounts.$inferSelect

/** Days between a suspension, or the later day on which it ends or comes up for review, and the deletion of the account's data. */
const purgeDays = 30

/** When the data of an account is deleted that is suspended at a time: nothing is deleted before its end or review is due. */
export const purgeAfter = (suspendedAt: Date, ...due: (Date | null | undefined)[]): Date =>
  new Date(Math.max(suspendedAt.getTime(), ...due.map((date) => date?.getTime() ?? 0)) + purgeDays * dayMs)

/** The state before, as the strike stores it. */
type Before = Record<string, unknown>

/** When an effect lifts itself, and when it comes up for review. */
export type Dates = { endsAt?: Date | null | undefined; reviewAt?: Date | null | undefined }

type Effect = {
  /** Returns the state before; null when the account is in this state already. */
  apply(tx: Tx, target: Target, dates: Dates): Promise<Before | null>
  lift(tx: Tx, target: Target, before: Before): Promise<void>
}

/** Whether an account is in the state that an effect causes, by a moderator's action. */
export async function isInEffect(db: Reader, target: Target, effect: EffectName): Promise<boolean> {
  // Rows of older versions don't record who suspended or limited the account.
  if (effect === 'suspend') return target.suspendedAt !== null && (target.suspendedBy ?? 'moderator') === 'moderator'
  if (effect === 'silence') return target.silencedAt !== null && (target.silencedBy ?? 'moderator') === 'moderator'
  if (effect === 'sensitive') return target.sensitizedAt !== null
  const [user] = await db
    .select({ id: users.accountId })
    .from(users)
    .where(and(eq(users.accountId, target.id), isNotNull(users.disabledAt)))
  return user !== undefined
}

export type EffectName = 'sensitive' | 'disable' | 'silence' | 'suspend'

/** Tells other servers of a suspension or its end. They are told of nothing else that a moderator does to an account. */
async function announce(tx: Tx, target: Target): Promise<void> {
  if (target.domain === null) await emit(tx, { type: 'account.updated', accountId: target.id })
  await changed(tx, 'profiles')
}

/** The severity of the present rules about a remote account's server, which hold whatever a moderator lifts. */
async function ruledSeverity(tx: Tx, { domain, uriHost }: Target): Promise<Severity> {
  if (domain === null) return 'noop'
  const book = await rulesAbout(tx, [domain, uriHost])
  return strictest([effectiveRule(book, domain), effectiveRule(book, uriHost)]).severity
}

export const effects: Record<EffectName, Effect> = {
  /** All files of its posts count as sensitive, here and in what other servers fetch or get from now on. */
  sensitive: {
    async apply(tx, target) {
      if (target.sensitizedAt) return null
      await tx
        .update(accounts)
        .set({ sensitizedAt: sql`now()` })
        .where(eq(accounts.id, target.id))
      await changed(tx, 'profiles')
      return {}
    },
    async lift(tx, target) {
      await tx.update(accounts).set({ sensitizedAt: null }).where(eq(accounts.id, target.id))
      await changed(tx, 'profiles')
    },
  },

  /** Nobody can log in to it; its posts stay. Only for local accounts. */
  disable: {
    async apply(tx, target) {
      if (target.domain !== null) throw refuse('invalid', 'onlyLocalAccounts')
      await keepAnOwner(tx, target.id)
      const done = await tx
        .update(users)
        .set({ disabledAt: sql`now()` })
        .where(and(eq(users.accountId, target.id), isNull(users.disabledAt)))
        .returning({ id: users.accountId })
      await closeSessions(tx, target.id)
      await endAccess(tx, target.id)
      return done.length > 0 ? {} : null
    },
    async lift(tx, target) {
      await tx.update(users).set({ disabledAt: null }).where(eq(users.accountId, target.id))
    },
  },

  /** Only its followers see it in timelines, search and notifications; requests to follow others wait for them. */
  silence: {
    async apply(tx, target) {
      if (target.silencedBy === 'moderator') return null
      await tx
        .update(accounts)
        .set({ silencedAt: sql`coalesce(${accounts.silencedAt}, now())`, silencedBy: 'moderator' })
        .where(eq(accounts.id, target.id))
      await changed(tx, 'profiles')
      return {}
    },
    async lift(tx, target) {
      const stays = (await ruledSeverity(tx, target)) === 'silence'
      await tx
        .update(accounts)
        .set(stays ? { silencedBy: 'domain' } : { silencedAt: null, silencedBy: null })
        .where(eq(accounts.id, target.id))
      await changed(tx, 'profiles')
      // Requests that were asked only because of the limit are accepted.
      if (!stays) await emit(tx, { type: 'account.opened', accountId: target.id })
    },
  },

  /**
   * It and its posts are hidden from everybody, nobody logs in to it, it sends and receives nothing, and its data is deleted later,
   * see `purgeAfter`. Nobody signs up with the address of a local account again. A remote account would still get the posts of the accounts
   * that it follows here, so these follows end, for good; follows of it stay for the case that the suspension is lifted.
   */
  suspend: {
    async apply(tx, target, { endsAt, reviewAt }) {
      if (target.suspendedBy === 'moderator') return null
      if (target.domain === null) await keepAnOwner(tx, target.id)
      await tx
        .update(accounts)
        .set({
          suspendedAt: sql`coalesce(${accounts.suspendedAt}, now())`,
          suspendedBy: 'moderator',
          purgeAt: purgeAfter(new Date(), endsAt, reviewAt),
        })
        .where(eq(accounts.id, target.id))
      if (target.domain === null) {
        await closeSessions(tx, target.id)
        await endAccess(tx, target.id)
        await blockAddressOf(tx, target.id)
      }
      await announce(tx, target)
      await emit(tx, { type: 'account.suspended', accountId: target.id })
      return { suspendedBy: target.suspendedBy }
    },
    async lift(tx, target, before) {
      const isRuled = (await ruledSeverity(tx, target)) === 'suspend'
      const stays = isRuled ? 'domain' : before['suspendedBy'] === 'origin' ? 'origin' : null
      await tx
        .update(accounts)
        .set(stays ? { suspendedBy: stays, purgeAt: null } : { suspendedAt: null, suspendedBy: null, purgeAt: null })
        .where(eq(accounts.id, target.id))
      if (target.domain === null) await freeAddressOf(tx, target.id)
      await announce(tx, target)
      // Its server was not listened to meanwhile.
      if (target.domain !== null) await emit(tx, { type: 'profile.stale', accountId: target.id, isUrgent: true })
    },
  },
}
