/** The command line as a process of its own, as a person would call it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { cleanEnvironment } from '../clean-environment.ts'

const command = resolve(import.meta.dirname, '../../bin/pipit.js')

export type Ended = { code: number | null; stdout: string; stderr: string }

/** A function that runs `pipit` with some settings and waits for its end. */
export function pipitWith(env: NodeJS.ProcessEnv) {
  return async (...args: string[]): Promise<Ended> => {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...cleanEnvironment(), DATA_DIR: join(tmpdir(), 'pipit-without-data'), ...env },
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
