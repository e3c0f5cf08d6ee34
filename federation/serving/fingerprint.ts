import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '#src/platform/app.ts'
import { version } from '#src/platform/version.ts'

/**
 * What documents are made with beside their subjects: where we and our files are, and the code that makes them. After a restart
 * with others, none that was kept before is served.
 */
export function documentFingerprint({ uris }: Pick<App, 'uris'>): string {
  return createHash('sha256')
    .update([version, uris.origin, uris.handleHost, uris.file(''), ...converters].join('\n'))
    .digest('base64url')
    .slice(0, 16)
}

const files = [
  'stored-documents.ts',
  ...readdirSync(join(import.meta.dirname, '../documents'))
    .toSorted()
    .map((name) => join('../documents', name)),
]
const converters = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
