import { indexAll } from '#src/statuses/search/index-status.ts'
import { withApp } from '../session.ts'

/** `search reindex` */
export function reindex(options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const posts = await indexAll(app.db)
    return { data: { posts }, lines: [`Indexed the words of ${posts} posts`] }
  })
}
