import type { DayUse } from '#src/reading/trends/history.ts'

/**
 * Daily uses of a hashtag or link. All numbers are strings; a day is its midnight (UTC) in seconds since 1970.
 *
 * @see https://docs.joinmastodon.org/entities/Tag/#history
 */
export const toHistory = (days: readonly DayUse[]) =>
  days.map(({ day, uses, accounts }) => ({
    day: String(Date.parse(`${day}T00:00:00Z`) / 1_000),
    uses: String(uses),
    accounts: String(accounts),
  }))
