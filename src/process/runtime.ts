/** The start that server, worker and commands share: settings → migrated database → App. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sweepTemporaryFolders } from '../media/temporary-folder.ts'
import type { App } from '../platform/app.ts'
import { type Config, ConfigError, loadConfig } from '../platform/config.ts'
import { EmbeddedError, openEmbedded } from '../platform/db/embedded.ts'
import { connect, isDatabaseAway } from '../platform/db/index.ts'
import { migrate, MigrationError } from '../platform/db/migrate.ts'
import { openHttp } from '../platform/http/client.ts'
import { configureLogging, getLogger } from '../platform/log.ts'
import type { RemoteLookup } from '../platform/remote.ts'
import { loadSecrets } from '../platform/secrets.ts'
import { StorageError } from '../platform/storage/errors.ts'
import { openStorage } from '../platform/storage/open-storage.ts'
import { prepareBucket } from '../platform/storage/s3.ts'
import { within } from '../platform/time.ts'
import { urisOf } from '../platform/uris.ts'
import { domainGate } from '../rules/servers/gate.ts'
import { OriginError, saveOrigin, storedOrigin } from './origin.ts'

export type RuntimeOptions = {
  /** `web` locks the data folder, and decides the public URL. The others use the stored one where `ORIGIN` is not set. */
  role: 'web' | 'worker' | 'command'
  /** Makes the look-up of remote accounts and posts. It is called once, before the App is used. */
  remote: (app: Omit<App, 'remote'>) => RemoteLookup
  env?: NodeJS.ProcessEnv
  /** The folder of `.env` and of a relative `DATA_DIR`. */
  folder?: string
  /** Ends the wait for a database that is not up yet, or that another process migrates. */
  stopping?: AbortSignal
}

/** The settings are valid, but something that they name can't be used. The message is one line. */
export class StartError extends Error {}

const log = getLogger('process')
const poolEndMs = 3_000
/** How long a server or worker waits before it tries the database again. */
const databaseAwayMs = 3_000

/**
 * Opens everything that an App needs. `closing` closes it, also after a failure in the middle.
 *
 * @throws ConfigError, EmbeddedError, MigrationError, OriginError, StartError, which `explanation` turns into a line
 */
export async function openApp(
  { role, remote, env = process.env, folder = process.cwd(), stopping }: RuntimeOptions,
  closing: AsyncDisposableStack,
): Promise<App> {
  let config = loadConfig(env, folder)
  configureLogging(config.logLevel)
  const databaseUrl = config.databaseUrl ?? (await openEmbeddedFor(config, role, closing))
  await migrateWhenThere(databaseUrl, { waits: role !== 'command', stopping })

  const db = connect(databaseUrl, config.dbPoolSize)
  // A statement that still runs may hold its connection for half a minute; nobody waits for it any more.
  closing.defer(() => within(poolEndMs, db.$client.end(), undefined))
  const stored = await storedOrigin(db)
  if (stored && role !== 'web' && !config.isOriginGiven)
    config = loadConfig({ ...env, ORIGIN: stored.origin, HANDLE_HOST: stored.handleHost }, folder)
  await db.transaction((tx) => saveOrigin(tx, config))

  if (role !== 'command') await sweepTemporaryFolders(config)
  if (config.s3 && role !== 'command') await prepareBucket(config.s3)

  const http = closing.use(openHttp(config, domainGate(db)))
  http.guardFetch()
  const secrets = await loadSecrets(db)
  const core = { config, db, uris: urisOf(config, secrets), secrets, storage: openStorage(config), http }
  return Object.freeze({ ...core, remote: remote(core) })
}

/** Servers and workers wait for a database that is down or starting, as after a power cut; a command fails at once. */
async function migrateWhenThere(
  databaseUrl: string,
  { waits, stopping }: { waits: boolean; stopping: AbortSignal | undefined },
): Promise<void> {
  for (;;) {
    try {
      await migrate(databaseUrl, undefined, stopping)
      return
    } catch (error) {
      if (!isDatabaseAway(error) && !isRefused(error)) throw error
      if (!waits || isRefused(error) || stopping?.aborted)
        throw new StartError(`The database of DATABASE_URL can't be used: ${messageOf(error)}`, { cause: error })
      log.warn('Waiting for the database: {reason}', { reason: messageOf(error) })
      await sleep(databaseAwayMs, undefined, { signal: stopping }).catch(() => {})
    }
  }
}

async function openEmbeddedFor(
  config: Config,
  role: RuntimeOptions['role'],
  closing: AsyncDisposableStack,
): Promise<string> {
  const embedded = await openEmbedded(config.dataDir, { exclusive: role === 'web' })
  closing.defer(() => embedded.close())
  return embedded.url
}

/** The reason of a failed start in one line, for the admin; null for unexpected errors. */
export function explanation(error: unknown): string | null {
  const isExpected = [ConfigError, EmbeddedError, MigrationError, OriginError, StartError, StorageError].some(
    (kind) => error instanceof kind,
  )
  if (isExpected) return messageOf(error)
  const { code, path } = error as NodeJS.ErrnoException
  return path && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code ?? '')
    ? `DATA_DIR can't be used: ${messageOf(error)}`
    : null
}

/** Refused by PostgreSQL before any statement: wrong user, password or database. */
const isRefused = (error: unknown): boolean => /^(28|3D)/.test(String((error as { code?: unknown }).code))

/** Errors of a connection tried on several addresses have no message of their own. */
function messageOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return (first instanceof Error ? first.message : String(first)).replaceAll('\n', ' ')
}
