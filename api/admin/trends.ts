/** Hashtags, and the review of trends. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const trends = new Hono<Env>()
