import { Hono } from 'hono'
import type { Env } from '../../env.ts'
import { applicants } from './accounts.tsx'
import { instanceSettings } from './settings.tsx'
import { statistics } from './statistics.tsx'

/** For those who run the place. */
export const admin = new Hono<Env>()
for (const part of [statistics, instanceSettings, applicants]) admin.route('/', part)
