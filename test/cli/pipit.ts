/** The command line as a process of its own, as a person would call it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

const command = resolve(import.meta.dirname, '../../bin/pipit.js')
/** Variables that a developer's environment or `.env` may have; empty means not set. */
const unset = Object.fromEntries(
  [
    'PORT',
    'HOST',
    'ORIGIN',
    'HANDLE_HOST',
    'DATA_DIR',
    'DATABASE_URL',
    'SMTP_URL',
    'MAIL_FROM',
    'ALLOW_PRIVATE_ADDRESSES',
    'LOG_LEVEL',
    'REMOTE_MEDIA',
    'REMOTE_MEDIA_DAYS',
    'REMOTE_MEDIA_MAX_MB',
  ].map((name) => [name, '']),
)

export type Ended = { code: number | null; stdout: string; stderr: string }

/** A function that runs `pipit` with some settings and waits for its end. */
export function pipitWith(env: NodeJS.ProcessEnv) {
  return async (...args: string[]): Promise<Ended> => {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...unset, DATA_DIR: join(tmpdir(), 'pipit-without-data'), ...env },
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    return { code, stdout, stderr }
  }
}
