import { Hono } from 'hono'
export const a = new Hono()
