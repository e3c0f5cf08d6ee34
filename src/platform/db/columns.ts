/** The kinds of columns of our tables, each defined once. */
import { sql } from 'drizzle-orm'
import { customType, timestamp } from 'drizzle-orm/pg-core'
import type { Id } from '../ids.ts'

/** A 64-bit id. pg hands bigints over as strings, and they stay strings. */
export const id = <T extends Id<string>>(name: string) =>
  customType<{ data: T; driverData: string }>({ dataType: () => 'bigint' })(name)

/** Bytes: hashes and keys. */
export const bytea = (name: string) => customType<{ data: Buffer }>({ dataType: () => 'bytea' })(name)

/** A moment, to the millisecond, as a Date. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** When the row was created. */
export const createdAt = () =>
  moment('created_at')
    .notNull()
    .default(sql`now()`)
