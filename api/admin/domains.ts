/** Rules about other servers. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const domains = new Hono<Env>()
