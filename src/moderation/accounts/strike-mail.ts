import { eq } from 'drizzle-orm'
import { isPlaceholder } from '../../accounts/sign-up/placeholder-address.ts'
import { toldAction, type ToldAction } from '../../notices/told-action.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { appeals, strikes } from '../../platform/db/schema/moderation.ts'
import type { StrikeId } from '../../platform/ids.ts'

export type StrikeNotice = {
  told: ToldAction
  liftedAt: Date | null
  text: string
  createdAt: Date
  endsAt: Date | null
  username: string
  email: string
  locale: string | null
  timeZone: string | null
}

/** A strike with the recipient of its mail; null when there is none. */
export async function loadStrikeMail(db: Reader, id: StrikeId): Promise<StrikeNotice | null> {
  const [row] = await db
    .select({
      told: toldAction,
      liftedAt: strikes.liftedAt,
      text: strikes.text,
      createdAt: strikes.createdAt,
      endsAt: strikes.endsAt,
      username: accounts.username,
      email: users.email,
      locale: users.locale,
      timeZone: users.timeZone,
    })
    .from(strikes)
    .innerJoin(users, eq(users.accountId, strikes.accountId))
    .innerJoin(accounts, eq(accounts.id, strikes.accountId))
    .where(eq(strikes.id, id))
  return row && !isPlaceholder(row.email) ? row : null
}

export type AppealAnswer = {
  isApproved: boolean
  told: ToldAction
  /** What staff wrote. */
  answer: string
  decidedAt: Date
  username: string
  email: string
  locale: string | null
}

/** The decision about the appeal of a strike with the recipient of its mail; null when there is none. */
export async function loadAppealMail(db: Reader, id: StrikeId): Promise<AppealAnswer | null> {
  const [row] = await db
    .select({
      told: toldAction,
      answer: appeals.answer,
      approvedAt: appeals.approvedAt,
      rejectedAt: appeals.rejectedAt,
      username: accounts.username,
      email: users.email,
      locale: users.locale,
    })
    .from(appeals)
    .innerJoin(strikes, eq(strikes.id, appeals.strikeId))
    .innerJoin(users, eq(users.accountId, strikes.accountId))
    .innerJoin(accounts, eq(accounts.id, strikes.accountId))
    .where(eq(appeals.strikeId, id))
  const decidedAt = row?.approvedAt ?? row?.rejectedAt
  if (!row || !decidedAt || isPlaceholder(row.email)) return null
  const { approvedAt, rejectedAt: _, ...rest } = row
  return { isApproved: approvedAt !== null, decidedAt, ...rest }
}
