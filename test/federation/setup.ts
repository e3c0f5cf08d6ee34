import { remoteLookup } from '../../federation/fetching/lookup.ts'
import { federationRoutes } from '../../federation/serving/routes.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { peer, type Peer } from './peer.ts'

export type Scene = AsyncDisposable & {
  t: TestDatabase
  peer: Peer
  routes: ReturnType<typeof federationRoutes>
  /** Runs jobs until none is due. */
  work(): Promise<void>
}

/** A local instance and a remote server. */
export async function scene(env: NodeJS.ProcessEnv = {}): Promise<Scene> {
  const t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8', ...env })
  const other = await peer()
  Object.assign(t.remote, remoteLookup(t.app))
  return {
    t,
    peer: other,
    routes: federationRoutes(t.app),
    work: () => runJobs(t),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    },
  }
}
