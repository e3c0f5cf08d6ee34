/**
 * The effects of strikes on an account, and their undoing. Each takes the locked row of the account. A rule about a server or the
 * account's own server may have the same effect: what they did stays when a moderator's action is lifted.
 */
import { eq, isNull, and, sql } from 'drizzle-orm'
import { keepAnOwner } from '../../accounts/owners.ts'
import { closeSessions } from '../../accounts/sessions/sessions.ts'
import { endAccess } from '../../accounts/sign-up/credentials.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { refuse } from '../../text/refusals.ts'

export type Target = typeof accounts.$inferSelect

/** Days between a suspension and the deletion of the account's data. */
export const purgeDays = 30

/** The state before, as the strike stores it. */
type Before = Record<string, unknown>

type Effect = {
  /** Returns the state before; null when the account is in this state already. */
  apply(tx: Tx, target: Target): Promise<Before | null>
  lift(tx: Tx, target: Target, before: Before): Promise<void>
}

export type EffectName = 'sensitive' | 'disable' | 'silence' | 'suspend'

/** Tells other servers, and lets stored documents be made anew. */
async function announce(tx: Tx, target: Target): Promise<void> {
  if (target.domain === null) await emit(tx, { type: 'account.updated', accountId: target.id })
  await changed(tx, 'profiles')
}

export const effects: Record<EffectName, Effect> = {
  /** All files of its posts count as sensitive. */
  sensitive: {
    async apply(tx, target) {
      if (target.sensitizedAt) return null
      await tx
        .update(accounts)
        .set({ sensitizedAt: sql`now()` })
        .where(eq(accounts.id, target.id))
      await announce(tx, target)
      return {}
    },
    async lift(tx, target) {
      await tx.update(accounts).set({ sensitizedAt: null }).where(eq(accounts.id, target.id))
      await announce(tx, target)
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
      await announce(tx, target)
      return { silencedBy: target.silencedBy, wasSilenced: target.silencedAt !== null }
    },
    async lift(tx, target, before) {
      const stays = before['wasSilenced'] === true && before['silencedBy'] === 'domain'
      await tx
        .update(accounts)
        .set(stays ? { silencedBy: 'domain' } : { silencedAt: null, silencedBy: null })
        .where(eq(accounts.id, target.id))
      await announce(tx, target)
      // Requests that were asked only because of the limit are accepted.
      if (!stays) await emit(tx, { type: 'account.opened', accountId: target.id })
    },
  },

  /**
   * It and its posts are hidden from everybody, nobody logs in to it, it sends and receives nothing, and its data is deleted after
   * 30 days. A remote account would still get the posts of the accounts that it follows here, so these follows end, for good;
   * follows of it stay for the case that the suspension is lifted.
   */
  suspend: {
    async apply(tx, target) {
      if (target.suspendedBy === 'moderator') return null
      if (target.domain === null) await keepAnOwner(tx, target.id)
      await tx
        .update(accounts)
        .set({
          suspendedAt: sql`coalesce(${accounts.suspendedAt}, now())`,
          suspendedBy: 'moderator',
          purgeAt: sql`now() + ${purgeDays} * interval '1 day'`,
        })
        .where(eq(accounts.id, target.id))
      if (target.domain === null) {
        await closeSessions(tx, target.id)
        await endAccess(tx, target.id)
      }
      await announce(tx, target)
      await emit(tx, { type: 'account.suspended', accountId: target.id })
      return { suspendedBy: target.suspendedBy, wasSuspended: target.suspendedAt !== null }
    },
    async lift(tx, target, before) {
      const stays = before['wasSuspended'] === true && before['suspendedBy'] !== 'moderator'
      await tx
        .update(accounts)
        .set(
          stays
            ? { suspendedBy: before['suspendedBy'] as Target['suspendedBy'], purgeAt: null }
            : { suspendedAt: null, suspendedBy: null, purgeAt: null },
        )
        .where(eq(accounts.id, target.id))
      await announce(tx, target)
    },
  },
}
