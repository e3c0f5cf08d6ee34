/** A moment as apps parse it: exactly three fractional digits. */
export const toDateTime = (moment: Date): string => moment.toISOString()

/** A day (UTC). */
export const toDate = (moment: Date): string => moment.toISOString().slice(0, 10)

/** The day of a moment, written as a moment. */
export const toMidnight = (moment: Date): string => `${toDate(moment)}T00:00:00.000Z`
