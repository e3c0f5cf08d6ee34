import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '#src/platform/app.ts'
import { version } from '#src/platform/version.ts'

/**
 * A fingerprint of everything but the subject that a document depends on: our hosts, the address of files, and the code that builds
 * documents. After a restart with another fingerprint, no document that was stored before is served.
 */
export function documentFingerprint({ uris }: Pick<App, 'uris'>): string {
  return createHash('sha256')
    .update([version, uris.origin, uris.handleHost, uris.file(''), ...builders].join('\n'))
    .digest('base64url')
    .slice(0, 16)
}

const files = [
  'stored-documents.ts',
  ...readdirSync(join(import.meta.dirname, '../documents'))
    .toSorted()
    .map((name) => join('../documents', name)),
]
const builders = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
