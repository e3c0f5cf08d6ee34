/** Reports, with what staff do with them. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const reports = new Hono<Env>()
