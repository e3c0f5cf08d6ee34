/** The folder of an embedded PostgreSQL: its data, its password and its log. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { binaries, type Binaries } from './binaries.ts'
import { EmbeddedError } from './errors.ts'
import { chooseRunAs, type RunAs, spawnAs } from './run-as.ts'

/** A cluster that is ready to be started. */
export type Cluster = {
  folder: string
  data: string
  log: string
  passwordFile: string
  password: string
  runAs: RunAs
  binaries: Binaries
}

export const superuser = 'pipit'
const newData = /^postgres\.new\.(\d+)$/

/**
 * Makes sure that there is a cluster in a folder. Makes the folder, a random password and the cluster where they are
 * missing. After an interruption at any moment, the next call finds a whole cluster or none. Two calls at once end up with
 * the same cluster.
 *
 * @param folder absolute path; temporary with mode 0700
 * @param sync false skips the wait for disks, for tests
 * @throws EmbeddedError when PostgreSQL can't be run here
 */
export async function ensureCluster(folder: string, { sync = true } = {}): Promise<Cluster> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const programs = await binaries()
  const data = join(folder, 'postgres')
  const passwordFile = join(folder, 'postgres-password')
  const password = await ensurePassword(passwordFile)
  const runAs = await chooseRunAs(folder, data, programs.postgres)
  const cluster = { folder, data, log: join(folder, 'postgres.log'), passwordFile, password, runAs, binaries: programs }
  if (!(await exists(data))) await initialise(cluster, sync)
  return cluster
}

async function ensurePassword(path: string): Promise<string> {
  if (!(await exists(path))) {
    const own = `${path}.${process.pid}`
    await writeFile(own, randomBytes(24).toString('base64url'), { mode: 0o600 })
    // Unlike rename, link never replaces a file that another process has put there meanwhile.
    await link(own, path).catch(() => {})
    await rm(own)
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Makes the cluster in a temporary folder and moves it to its place when it is whole. */
async function initialise(
  { folder, data, password, runAs, binaries: { initdb } }: Cluster,
  sync: boolean,
): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(newData.exec(name)?.[1])
    if (pid === process.pid || (pid && !isAlive(pid))) await rm(join(folder, name), { recursive: true, force: true })
  }
  const temporary = join(folder, `postgres.new.${process.pid}`)
  // A copy, since the user of PostgreSQL may not be able to read our file.
  const passwordCopy = join(temporary, 'password')
  await mkdir(temporary, { mode: 0o700 })
  await writeFile(passwordCopy, `${password}\n`, { mode: 0o600 })
  if (runAs.kind === 'user') for (const path of [temporary, passwordCopy]) await chown(path, runAs.uid, runAs.gid)

  const child = spawnAs(
    runAs,
    initdb,
    [
      `--pgdata=${join(temporary, 'data')}`,
      `--username=${superuser}`,
      `--pwfile=${passwordCopy}`,
      '--auth=scram-sha-256',
      // The locale that PostgreSQL brings itself: there on every machine, and the same after a move to another.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(sync ? [] : ['--no-sync']),
    ],
    { cwd: temporary, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const [complaint, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
  if (code !== 0) {
    await rm(temporary, { recursive: true, force: true })
    throw new EmbeddedError(`The database can't be made in ${data}: ${complaintOf(complaint)}`)
  }
  await rename(join(temporary, 'data'), data).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(temporary, { recursive: true, force: true })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Whether a process with that id runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The line of initdb's output that names the cause. */
const complaintOf = (output: string) =>
  output.split('\n').find((line) => /error|fatal|could not/i.test(line)) ?? output.trim().split('\n').at(-1) ?? ''
