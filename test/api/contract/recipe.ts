import type { World } from './world.ts'

/** A request that must succeed. */
export type Prepared = {
  path: string
  body?: object
  /** A token of another account than alice. */
  token?: string | undefined
  headers?: Record<string, string>
}

/** Makes the rows that a request needs. */
export type Recipe = (w: World) => Promise<Prepared> | Prepared
