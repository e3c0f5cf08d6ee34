import type { App } from '../app.ts'

/** Makes a value, such as a cache, once for each database: a process has one database, tests have several side by side. */
export function perDatabase<T extends object>(make: () => T): (app: Pick<App, 'db'>) => T {
  const values = new WeakMap<object, T>()
  return ({ db }) => {
    const existing = values.get(db)
    if (existing) return existing
    const value = make()
    values.set(db, value)
    return value
  }
}
