import type { Config } from './config.ts'
import type { Db } from './db/index.ts'
import type { HttpClient } from './http/client.ts'
import type { RemoteLookup } from './remote.ts'
import type { Secrets } from './secrets.ts'
import type { Storage } from './storage/storage.ts'
import type { Uris } from './uris.ts'

/** The context of every request and job. No module holds one, so that a test may run several side by side. */
export type App = Readonly<{
  config: Config
  db: Db
  uris: Uris
  secrets: Secrets
  storage: Storage
  http: HttpClient
  remote: RemoteLookup
}>
