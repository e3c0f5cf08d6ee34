/** Each route for staff takes the scope that the table of endpoints names, and its parents: no other. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Scope, scopes } from '#src/accounts/sessions/scopes.ts'
import { localAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { apiRoutes } from '../../../api/app.ts'
import { tokenOf } from '../server.ts'

type Door = { method: string; path: string; scope: string }

const doors: Door[] = readFileSync('test/api/contract/endpoints.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'))
  .filter(([, , area]) => area === 'admin')
  .map(([method = '', path = '', , , scope = '']) => ({ method, path, scope }))

/** `admin:read:accounts` is part of `admin:read`. */
const covers = (granted: Scope, scope: string): boolean => scope === granted || scope.startsWith(`${granted}:`)

test('each of the routes takes its own scopes only', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '10000' })
  const owner = await localAccount(t, 'owner', { role: 'owner' })
  const api = apiRoutes(t.app)
  expect(doors).toHaveLength(59)
  const wrong: string[] = []
  for (const granted of scopes) {
    const token = await tokenOf(t.app, owner, [granted])
    for (const { method, path, scope } of doors) {
      // Nothing has this id, and no parameters are given: nothing happens.
      const { status } = await api.request(`https://pipit.test${path.replace(/:\w+/, '1')}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })
      if ((status !== 403) !== covers(granted, scope)) wrong.push(`${granted}: ${method} ${path} answered ${status}`)
    }
  }
  expect(wrong).toEqual([])
})
