import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import type { Config } from '#src/platform/config.ts'
import { mailFolder } from './transport.ts'

export type StoredMail = { file: string; to: string; subject: string; text: string }

/** The last mail that was stored as a file, decoded; null when there is none. */
export async function lastMail(config: Pick<Config, 'dataDir'>): Promise<StoredMail | null> {
  const folder = mailFolder(config)
  // File names begin with the time.
  const name = (await readdir(folder).catch(() => []))
    .filter((file) => file.endsWith('.eml'))
    .toSorted()
    .at(-1)
  if (name === undefined) return null
  const file = join(folder, name)
  const { to, subject, text } = await PostalMime.parse(await readFile(file))
  return {
    file,
    to: to?.map(({ address }) => address ?? '').join(', ') ?? '',
    subject: subject ?? '',
    text: (text ?? '').trim(),
  }
}
