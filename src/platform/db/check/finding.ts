/** Something about the database that is not as it should be. */
export type Finding = {
  kind: 'migrations' | 'constraint' | 'index' | 'missing' | 'bloat' | 'vacuum' | 'counter' | 'unchecked'
  /** A table, index or constraint; with counters the key of the row, too. */
  what: string
  problem: string
  /** What an admin does about it, or null where nothing is left to do. */
  advice: string | null
}

/** The schemas that are ours to look after. */
export const schemas = `{public,graphile_worker}`
