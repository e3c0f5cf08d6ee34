/** Measures, dimensions and retention. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const figures = new Hono<Env>()
