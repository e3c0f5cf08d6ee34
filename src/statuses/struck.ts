/** The words of posts as a strike keeps them when it deletes or changes the posts. */
import type { Reader } from '../platform/db/index.ts'
import type { StruckStatus } from '../platform/db/schema/moderation.ts'
import type { StatusId } from '../platform/ids.ts'
import { snapshotOf } from './reported.ts'

/** A strike keeps so much of so many posts: 100 posts that other servers wrote as long as they may would be megabytes. */
const bounds = { posts: 40, text: 5_000, warning: 500, files: 16, description: 500 } as const

/**
 * The words of posts of any visibility, the oldest first: of the first 40, as far as they are not endless. Boosts have none, and
 * deleted posts neither.
 *
 * @param ids of posts that staff act on
 */
export async function struckWords(db: Reader, ids: readonly StatusId[]): Promise<StruckStatus[]> {
  // The names of the files say enough, as none of them is kept.
  const posts = await snapshotOf(db, { file: (name) => name }, [...ids])
  return posts
    .filter(({ text, spoilerText, media }) => text !== '' || spoilerText !== '' || media.length > 0)
    .slice(0, bounds.posts)
    .map(({ id, text, spoilerText, visibility, createdAt, media }) => ({
      id,
      text: cut(text, bounds.text),
      spoilerText: cut(spoilerText, bounds.warning),
      visibility,
      createdAt,
      descriptions: media.slice(0, bounds.files).map(({ description }) => cut(description, bounds.description)),
    }))
}

function cut(text: string, max: number): string {
  const letters = [...text]
  return letters.length <= max ? text : `${letters.slice(0, max).join('')}…`
}
