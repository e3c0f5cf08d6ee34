/** What holds of what staff did to an account, for the command line. */
import { and, asc, eq, isNull } from 'drizzle-orm'
import { toldAction, type ToldAction } from '../../notices/told-action.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { strikes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'

export type Holding = {
  isLimited: boolean
  isSensitive: boolean
  /** When the data of a suspended account is deleted. */
  purgeAt: Date | null
  /** Strikes that nobody lifted, the oldest first; up to 100. */
  strikes: { action: ToldAction; createdAt: Date; endsAt: Date | null; reviewAt: Date | null }[]
}

const maxStrikes = 100

/** @throws Refusal `not_found` */
export async function loadHolding(db: Reader, id: AccountId): Promise<Holding> {
  const [account] = await db
    .select({ silencedAt: accounts.silencedAt, sensitizedAt: accounts.sensitizedAt, purgeAt: accounts.purgeAt })
    .from(accounts)
    .where(eq(accounts.id, id))
  if (!account) throw notFound()
  return {
    isLimited: account.silencedAt !== null,
    isSensitive: account.sensitizedAt !== null,
    purgeAt: account.purgeAt,
    strikes: await db
      .select({ action: toldAction, createdAt: strikes.createdAt, endsAt: strikes.endsAt, reviewAt: strikes.reviewAt })
      .from(strikes)
      .where(and(eq(strikes.accountId, id), isNull(strikes.liftedAt)))
      .orderBy(asc(strikes.id))
      .limit(maxStrikes),
  }
}
