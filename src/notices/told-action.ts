import { type SQL, sql } from 'drizzle-orm'
import { type StrikeAction, strikes } from '../platform/db/schema/moderation.ts'

/**
 * What a strike did, as people are told. Apps know no removal of single files: there it is `delete_statuses`, with the posts that the
 * files were of.
 */
export type ToldAction = StrikeAction | 'delete_files'

export const toldAction: SQL<ToldAction> = sql<ToldAction>`
  case when ${strikes.action} = 'delete_statuses' and ${strikes.before} ? 'files' then 'delete_files' else ${strikes.action} end`
