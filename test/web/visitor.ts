/** A browser with cookies and without scripts, in front of the website's routes. */
import type { Hono } from 'hono'
import type { Env } from '../../web/env.ts'

type Visited = { status: number; headers: Headers; html: string; location: string | null }

export type Visitor = {
  cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Visited>
  /** Sends a form as a page of ours would: with its token, and headers that say so. `headers` replace those. */
  post(path: string, fields?: Fields, headers?: Record<string, string>): Promise<Visited>
  /** Sends a body as it is. */
  send(path: string, init: RequestInit): Promise<Visited>
  logIn(login: string, password: string): Promise<Visited>
}

/** The values of a form; several under one name are a list. */
type Fields = Record<string, string | Blob | string[]>

export const origin = 'https://pipit.test'

export function visitor(site: Hono<Env>, address = '192.0.2.1'): Visitor {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Visited> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await site.request(
      new URL(path, origin).href,
      { ...init, headers },
      { clientAddress: address, requestId: 'test' },
    )
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/Max-Age=0/i.test(cookie)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      location: response.headers.get('Location'),
    }
  }

  const get = (path: string, headers: Record<string, string> = {}) => send(path, { headers })

  async function post(path: string, fields: Fields = {}, headers: Record<string, string> = {}): Promise<Visited> {
    const { html } = await get('/login').then((login) => (login.status === 302 ? get('/settings/account') : login))
    const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const filled: Fields = { form_token: token, ...fields }
    const hasFile = Object.values(filled).some((value) => value instanceof Blob)
    const body = hasFile ? new FormData() : new URLSearchParams()
    for (const [name, value] of Object.entries(filled))
      for (const one of [value].flat()) (body as FormData).append(name, one as string)
    return send(path, {
      method: 'POST',
      body,
      headers: { Origin: origin, 'Sec-Fetch-Site': 'same-origin', ...headers },
    })
  }

  return { cookies, get, post, send, logIn: (login, password) => post('/login', { login, password }) }
}
