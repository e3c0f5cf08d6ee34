/**
 * PostgreSQL refuses to run as root, yet Pipit may be started as root in a folder that no other user can reach, such as one
 * below `/root`. A user namespace in which root has another id solves both: PostgreSQL sees an ordinary user, and the
 * files still belong to root. Where namespaces are forbidden (as in many containers), PostgreSQL runs as another user.
 */
import { spawn, type ChildProcess, type SpawnOptions, spawnSync } from 'node:child_process'
import { chmod, chown, lchown, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EmbeddedError } from './errors.ts'

/** The user that PostgreSQL runs as: our own, root under another id in a namespace, or another user. */
export type RunAs = { kind: 'self' } | { kind: 'namespace' } | { kind: 'user'; uid: number; gid: number }

type Ids = { uid: number; gid: number }

const unprivileged = 65534
const namespace = ['--user', `--map-user=${unprivileged}`, `--map-group=${unprivileged}`]

/** Starts a program of PostgreSQL. It does not get our environment. */
export function spawnAs(runAs: RunAs, program: string, args: string[], options: SpawnOptions): ChildProcess {
  const [command, ...rest] = commandAs(runAs, [program, ...args])
  return spawn(command!, rest, { ...options, ...idsAs(runAs), env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
}

const commandAs = (runAs: RunAs, command: string[]) =>
  runAs.kind === 'namespace' ? ['unshare', ...namespace, ...command] : command
const idsAs = (runAs: RunAs) => (runAs.kind === 'user' ? { uid: runAs.uid, gid: runAs.gid } : {})

/**
 * Chooses the user that PostgreSQL runs as on a data folder: the folder's owner if the folder exists, so that it keeps its user.
 *
 * @param folder the folder that holds the data folder; it is made reachable for the user where necessary
 * @param data the data folder, which need not exist yet
 * @throws EmbeddedError when no user can reach the folder
 */
export async function chooseRunAs(folder: string, data: string, program: string): Promise<RunAs> {
  const uid = process.getuid?.()
  if (uid === undefined) return { kind: 'self' }
  // PostgreSQL also refuses a user without a name, as containers may have.
  if (uid !== 0)
    return !hasName(uid) && works({ kind: 'namespace' }, folder, program) ? { kind: 'namespace' } : { kind: 'self' }
  const owner = await stat(data).catch(() => null)
  if (owner && owner.uid !== 0) {
    const runAs: RunAs = { kind: 'user', uid: owner.uid, gid: owner.gid }
    if (await reachable(runAs, folder, program)) return runAs
    throw new EmbeddedError(
      `PostgreSQL can't run as the owner of ${data} (user ${owner.uid}), who can't reach that folder or ${program}`,
    )
  }
  if (works({ kind: 'namespace' }, folder, program)) return { kind: 'namespace' }

  for (const ids of [await ownerAbove(folder), idsOf('postgres'), idsOf('nobody')]) {
    const runAs = ids && ({ kind: 'user', ...ids } as const)
    if (!runAs || !(await reachable(runAs, folder, program))) continue
    if (owner) await chownTree(data, runAs.uid, runAs.gid)
    return runAs
  }
  throw new EmbeddedError(
    `PostgreSQL refuses to run as root, and other users can't reach ${folder} or ${dirname(program)}; ` +
      'start Pipit as an ordinary user, move it to a folder that all may enter, or set DATABASE_URL',
  )
}

/** Whether the user can enter the folder and run the program. Lets the user's group pass through the folder if only that is missing. */
async function reachable(runAs: RunAs & { kind: 'user' }, folder: string, program: string): Promise<boolean> {
  if (works(runAs, folder, program)) return true
  const before = await stat(folder)
  await chown(folder, before.uid, runAs.gid)
  await chmod(folder, before.mode | 0o010)
  return works(runAs, folder, program)
}

function works(runAs: RunAs, folder: string, program: string): boolean {
  const [command, ...args] = commandAs(runAs, [
    '/bin/sh',
    '-c',
    'cd "$1" && exec "$2" --version',
    'sh',
    folder,
    program,
  ])
  return spawnSync(command!, args, { ...idsAs(runAs), cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** The first owner other than root, from the folder upwards: usually the person whose home it lies in. */
async function ownerAbove(folder: string): Promise<Ids | null> {
  const { uid, gid } = await stat(folder)
  if (uid !== 0) return hasName(uid) ? { uid, gid } : null
  return dirname(folder) === folder ? null : ownerAbove(dirname(folder))
}

const hasName = (uid: number): boolean => spawnSync('id', ['-un', String(uid)], { stdio: 'ignore' }).status === 0

function idsOf(name: string): Ids | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null
}

async function chownTree(path: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), uid, gid)
  await lchown(path, uid, gid)
}
