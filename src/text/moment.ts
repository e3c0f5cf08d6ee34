/** The first and last millisecond that PostgreSQL reads in JavaScript's format: years of four digits, without a year 0. */
const [first, last] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')]

/** Parses a date from outside; null for a text that is no date, and for dates that can't be stored. */
export function parseMoment(text: string): Date | null {
  const ms = Date.parse(text)
  return ms >= first && ms <= last ? new Date(ms) : null
}
