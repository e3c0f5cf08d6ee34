/** The changelog as text: parts that begin with `## `, the newest first. What is not released yet stands under `## Unreleased`. */

const unreleased = '## Unreleased'

/**
 * Gives what is not released yet the name of a version, and begins a new part for what comes next.
 *
 * @param day `YYYY-MM-DD`
 * @throws Error when nothing is to be released, or the version has a part already
 */
export function releaseChangelog(text: string, version: string, day: string): string {
  const start = text.indexOf(`${unreleased}\n`)
  if (start < 0) throw new Error('CHANGELOG.md has no part "Unreleased"')
  if (text.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has a part for ${version} already`)
  const after = text.slice(start + unreleased.length)
  const end = after.indexOf('\n## ')
  const entries = (end < 0 ? after : after.slice(0, end)).trim()
  if (entries === '') throw new Error('Nothing stands under "Unreleased" in CHANGELOG.md')
  const earlier = end < 0 ? '' : after.slice(end)
  return `${text.slice(0, start)}${unreleased}\n\n## ${version} (${day})\n\n${entries}\n${earlier}`
}
