#!/usr/bin/env node
// Starts the command line with the Node.js that Pipit is made for, whichever one runs this file.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'

const [major = 0] = process.versions.node.split('.').map(Number)
const pinned = join(import.meta.dirname ?? '', '../node_modules/.bin/node')

if (major >= 24) {
  // Most of a command's time is the reading of its modules. These halve it.
  module.enableCompileCache()
  await import('tsx/esm')
  await import('../src/process/quick-imports.ts')
  await import('../cli/main.ts')
} else if (import.meta.dirname && existsSync(pinned)) {
  const { status } = spawnSync(pinned, [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} else {
  process.stderr.write('Run npm ci first, and use Node.js 20.11 or newer\n')
  process.exitCode = 1
}
