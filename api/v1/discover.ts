/** What apps show people to find more to read. Some of them fail where these are missing; nothing is counted for them yet. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'

export const discover = new Hono<Env>()

discover.get('/trends', allows('read'), deprecated('2022-03-30'), (c) => c.json([]))

for (const path of ['/trends/tags', '/trends/statuses', '/trends/links']) discover.get(path, allows('read'), (c) => c.json([]))

/** The same at /api/v1/suggestions and /api/v2/suggestions, as long as it is empty. */
export const suggestions = new Hono<Env>()

suggestions.get('/suggestions', requires('read:accounts'), (c) => c.json([]))
