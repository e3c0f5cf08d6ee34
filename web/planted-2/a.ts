import { sql } from 'drizzle-orm'
export const a = sql
