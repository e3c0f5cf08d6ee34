import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const script = resolve(import.meta.dirname, '../../scripts/release.ts')

/** Replaces npm: records its arguments, and changes the files that the real npm changes. */
const npm = `#!/bin/sh
echo "$*" >> "$NPM_LOG"
case "$*" in
  "$NPM_FAILS") exit 1 ;;
  "run db:release") echo new > test/migrations/last-release/fill.sql ;;
  version*) printf '{"version":"%s"}\\n' "$2" | tee package.json > package-lock.json ;;
esac
`

/** A repository with changes to release, outside of ours. */
async function repository(fails = 'nothing') {
  const home = await mkdtemp(join(tmpdir(), 'pipit-release-'))
  const [folder, bin, log] = [join(home, 'repository'), join(home, 'bin'), join(home, 'npm.log')]
  await mkdir(join(folder, 'test/migrations/last-release'), { recursive: true })
  await mkdir(bin)
  await writeFile(join(bin, 'npm'), npm)
  await chmod(join(bin, 'npm'), 0o755)
  await writeFile(log, '')
  for (const [file, text] of [
    ['CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- Posts have wings.\n'],
    ['package.json', '{"version":"0.2.0"}\n'],
    ['package-lock.json', '{"version":"0.2.0"}\n'],
    ['test/migrations/last-release/fill.sql', 'old\n'],
  ] as const)
    await writeFile(join(folder, file), text)
  const who = { name: 'Tester', email: 'tester@mail.test' }
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
    NPM_LOG: log,
    NPM_FAILS: fails,
  }
  const git = async (...args: string[]) => (await run('git', args, { cwd: folder, env })).stdout.trim()
  await git('init', '--quiet')
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'Begin')
  return {
    folder,
    git,
    asked: async () => (await readFile(log, 'utf8')).trim().split('\n').filter(Boolean),
    release: (...args: string[]) =>
      run(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], { cwd: folder, env }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  }
}

test('a release is checked, tested, committed and tagged, but not pushed', async () => {
  await using r = await repository()
  const { stdout } = await r.release('0.3.0')
  expect(await r.asked()).toEqual([
    'run check',
    'test',
    'run db:release',
    'version 0.3.0 --no-git-tag-version --allow-same-version',
  ])
  expect(await r.git('log', '--format=%s')).toBe('Release 0.3.0\nBegin')
  expect(await r.git('cat-file', '-t', 'v0.3.0')).toBe('tag')
  expect(await r.git('rev-parse', 'v0.3.0^{commit}')).toBe(await r.git('rev-parse', 'HEAD'))
  expect(await r.git('status', '--porcelain')).toBe('')
  expect(await r.git('show', 'HEAD:package.json')).toBe('{"version":"0.3.0"}')
  expect(await r.git('show', 'HEAD:test/migrations/last-release/fill.sql')).toBe('new')
  expect(await readFile(join(r.folder, 'CHANGELOG.md'), 'utf8')).toMatch(
    /## Unreleased\n\n## 0\.3\.0 \(\d{4}-\d\d-\d\d\)\n\n- Posts have wings\./,
  )
  expect(stdout).toContain('git push --follow-tags')
})

test.each(['run check', 'test', 'run db:release'])('nothing is written or tagged if npm %s fails', async (step) => {
  await using r = await repository(step)
  await expect(r.release('0.3.0')).rejects.toThrow('Command failed')
  expect((await r.asked()).at(-1)).toBe(step)
  expect(await r.git('log', '--format=%s')).toBe('Begin')
  expect(await r.git('tag')).toBe('')
  expect(await r.git('status', '--porcelain')).toBe('')
})

test('a wrong version, uncommitted changes, or an existing tag stop a release at once', async () => {
  await using r = await repository()
  await expect(r.release('3')).rejects.toMatchObject({ stderr: expect.stringContaining('Name the version') })
  await r.git('tag', 'v0.3.0')
  await expect(r.release('0.3.0')).rejects.toMatchObject({ stderr: expect.stringContaining('tagged already') })
  await writeFile(join(r.folder, 'new.txt'), '')
  await expect(r.release('0.4.0')).rejects.toMatchObject({ stderr: expect.stringContaining('Commit or stash') })
  expect(await r.asked()).toEqual([])
})
