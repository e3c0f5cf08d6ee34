/** The second step of a log-in: `/login/factor`. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator } from '../factors.ts'
import { visitor, type Visitor } from './visitor.ts'

const session = '__Host-pipit'

/** Passes the first step. @returns the state of the second */
async function firstStep(browser: Visitor, returnTo = '/'): Promise<string> {
  const { location } = await browser.post('/login', { login: 'alice', password, return_to: returnTo })
  const state = /^\/login\/factor\?state=([\w-]+)$/.exec(location ?? '')?.[1]
  if (!state) throw new Error(`The log-in led to ${location}`)
  return state
}

const kindsOf = async (t: TestDatabase) =>
  (await t.db.execute<{ kind: string }>(sql`select kind from security_events order by id`)).rows.map(({ kind }) => kind)

test('a password alone opens no session; the code of the authenticator app does, once', async () => {
  await using t = await database()
  const secret = await giveAuthenticator(t, await localAccount(t, 'alice'))
  const browser = visitor(pages(t.app))
  const state = await firstStep(browser, '/settings/profile')
  expect(browser.cookies.has(session)).toBe(false)
  expect((await browser.get('/settings/profile')).status).toBe(303)
  expect((await browser.get(`/login/factor?state=${state}`)).html).toContain('autocomplete="one-time-code"')

  const code = codeOf(secret)
  expect(await browser.post('/login/factor', { state, code })).toMatchObject({
    status: 303,
    location: '/settings/profile',
  })
  expect((await browser.get('/settings/profile')).status).toBe(200)
  expect(await kindsOf(t)).toEqual(['signedIn'])
})
