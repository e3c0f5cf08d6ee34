/** The first and last millisecond that PostgreSQL reads as JavaScript writes them: years of four digits, without a year 0. */
const [first, last] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')]

/** The moment that a text from outside means, or null for what is no date or lies beyond what can be stored. */
export function parseMoment(text: string): Date | null {
  const ms = Date.parse(text)
  return ms >= first && ms <= last ? new Date(ms) : null
}
