import type { App } from '#src/app.ts'

/** What asking other servers needs: an App without the part that does so. */
export type Core = Omit<App, 'remote'>

/** Makes something once for each database, such as a cache: processes have one, tests several side by side. */
export function perDatabase<T extends object>(make: () => T): (core: Pick<Core, 'db'>) => T {
  const made = new WeakMap<object, T>()
  return ({ db }) => {
    const existing = made.get(db)
    if (existing) return existing
    const value = make()
    made.set(db, value)
    return value
  }
}
