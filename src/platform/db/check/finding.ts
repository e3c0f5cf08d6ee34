/** A problem of the database. */
export type Finding = {
  kind: 'migrations' | 'constraint' | 'index' | 'missing' | 'bloat' | 'vacuum' | 'counter' | 'unchecked'
  /** A table, index or constraint; with counters the key of the row, too. */
  what: string
  problem: string
  /** How an admin solves the problem, or null where nothing is left to do. */
  advice: string | null
}

/** The schemas that are checked. */
export const schemas = `{public,graphile_worker}`
