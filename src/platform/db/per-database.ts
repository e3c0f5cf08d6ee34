import type { App } from '../app.ts'

/** Makes something once for each database, such as a cache: processes have one, tests several side by side. */
export function perDatabase<T extends object>(make: () => T): (app: Pick<App, 'db'>) => T {
  const made = new WeakMap<object, T>()
  return ({ db }) => {
    const existing = made.get(db)
    if (existing) return existing
    const value = make()
    made.set(db, value)
    return value
  }
}
