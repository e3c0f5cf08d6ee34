/** Rules about the addresses of clients and people: networks, mail domains, mail addresses. */
import { Hono } from 'hono'
import type { Env } from '../env.ts'

export const addresses = new Hono<Env>()
