import { expect, test } from 'vitest'
import { releaseChangelog } from '../../scripts/changelog.ts'

const before = `# Changelog

## Unreleased

- Posts have wings.

## 0.1.0 (2026-01-01)

- Posts.
`

test('a release takes the unreleased entries of the changelog, and leaves an empty part', () => {
  expect(releaseChangelog(before, '0.2.0', '2026-02-28')).toBe(`# Changelog

## Unreleased

## 0.2.0 (2026-02-28)

- Posts have wings.

## 0.1.0 (2026-01-01)

- Posts.
`)
})

test('a release needs a new version and at least one entry in the changelog', () => {
  expect(() => releaseChangelog(before, '0.1.0', '2026-02-28')).toThrow('0.1.0 already')
  const released = releaseChangelog(before, '0.2.0', '2026-02-28')
  expect(() => releaseChangelog(released, '0.3.0', '2026-03-01')).toThrow('Nothing stands under')
  expect(() => releaseChangelog('# Changelog\n', '0.2.0', '2026-02-28')).toThrow('no part "Unreleased"')
})
