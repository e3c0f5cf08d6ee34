import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const file = `
let runs = 0
test('passes at once', () => {})
describe('a machine that stalls', () => {
  test('passes the second time', () => expect(++runs).toBe(2))
})
test('never passes', () => expect(1).toBe(2))`

test('the output names at its end each test that passed only on its second run, and no other test', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-retried-'))
  try {
    await writeFile(join(folder, 'planted.test.js'), file)
    const args = ['run', '--root', folder, '--globals', '--retry', '1', '--reporter', resolve('test/retried.ts')]
    const output = await promisify(execFile)('node_modules/.bin/vitest', args).then(
      () => 'All passed',
      (error: { stdout: string }) => error.stdout,
    )
    expect(output.trim()).toBe(
      'Passed only when run again:\n  planted.test.js > a machine that stalls > passes the second time',
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
