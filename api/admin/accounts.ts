/** Accounts, with what staff do to them. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const accounts = new Hono<Env>()
