import { Hono } from 'hono'
import type { Env } from '../../env.ts'
import { applicants } from './applicants.tsx'
import { news } from './news.tsx'
import { servers } from './servers.tsx'
import { instanceSettings } from './settings.tsx'
import { statistics } from './statistics.tsx'
import { trendReview } from './trends.tsx'

/** Pages for moderators and admins. */
export const admin = new Hono<Env>()
for (const part of [statistics, instanceSettings, applicants, news, trendReview, servers]) admin.route('/', part)
