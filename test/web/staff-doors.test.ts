/** Every route of staff, on the website and in the API, with every role and without. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { bitsOf, hasPermission, type Permission, permissions } from '#src/accounts/roles/permissions.ts'
import { loadRoles, powersOf } from '#src/accounts/roles/roles.ts'
import type { Role } from '#src/platform/db/schema/accounts.ts'
import type { RoleId } from '#src/platform/ids.ts'
import { apiRoutes } from '../../api/app.ts'
import { permissionsOf as permissionsInApi } from '../../api/http/access.ts'
import { pages } from '../../web/app.tsx'
import { permissionsOf } from '../../web/guards.tsx'
import { tokenOf } from '../api/server.ts'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

type Door = { method: string; path: string; asks: readonly Permission[] | null }
type Routes = { method: string; path: string; handler: object }[]

/** The routes below a path, with the permissions that their guards ask for. */
function doorsOf(routes: Routes, below: RegExp, asked: (handler: object) => readonly Permission[] | null): Door[] {
  const doors = new Map<string, Door>()
  for (const { method, path, handler } of routes) {
    if (!below.test(path) || method === 'ALL') continue
    const key = `${method} ${path}`
    const door = doors.get(key) ?? { method, path, asks: null }
    doors.set(key, { ...door, asks: door.asks ?? asked(handler) })
  }
  return [...doors.values()]
}

const pathOf = ({ path }: Door): string => path.replaceAll(/:\w+(\{[^}]*\})?/g, '1')

/** `about`: the only permissions whose doors are tried, as the roles differ in nothing else; null: all doors. */
type Person = { name: string; bits: bigint; about: readonly Permission[] | null }

/** People of each built-in role, and for some permissions one whose role has it alone, and one whose role has all others. */
async function people(t: TestDatabase, asked: readonly (readonly Permission[])[]): Promise<Person[]> {
  const roles = await loadRoles(t.db)
  const found: Person[] = []
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const satisfies Role[]) {
    await localAccount(t, role, { role })
    found.push({ name: role, bits: powersOf(roles, { role, roleId: null }).permissions, about: null })
  }
  let id = 100
  const others = (left: readonly Permission[]) =>
    bitsOf(permissions.filter((one) => one !== 'administrator' && !left.includes(one)))
  const distinct = new Map(asked.map((each) => [each.join(), each]))
  for (const each of distinct.values()) {
    for (const bits of [...each.map((one) => bitsOf([one])), others(each)]) {
      const [roleId, name] = [String(id++) as RoleId, `made_${id}`]
      await t.db.execute(
        sql`insert into roles (id, name, permissions, position) values (${roleId}::bigint, ${name}, ${bits}::bigint, 50)`,
      )
      await localAccount(t, name)
      await t.db.execute(
        sql`update users set role_id = ${roleId}::bigint where account_id = (select id from accounts where username = ${name})`,
      )
      found.push({ name, bits, about: each })
    }
  }
  return found
}

const concerns = ({ about }: Person, { asks }: Door): boolean => about === null || about.join() === (asks ?? []).join()

const mayEnter = ({ bits }: Person, { asks }: Door): boolean => (asks ?? []).some((one) => hasPermission(bits, one))

test('each page and form of the administration opens to the roles with its permission, and to nobody else', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '10000' })
  const site = pages(t.app)
  const doors = doorsOf(site.routes, /^\/admin(\/|$)/, permissionsOf)
  expect(doors.length).toBeGreaterThan(40)
  expect(doors.filter(({ asks }) => asks === null).map(({ method, path }) => `${method} ${path}`)).toEqual([])

  const stranger = visitor(site)
  for (const door of doors) {
    const { status, location } =
      door.method === 'GET' ? await stranger.get(pathOf(door)) : await stranger.post(pathOf(door))
    expect({ door, status, location: location?.split('?')[0] }).toEqual({ door, status: 303, location: '/login' })
  }
  for (const person of await people(
    t,
    doors.map(({ asks }) => asks ?? []),
  )) {
    const browser = visitor(site)
    await browser.logIn(person.name, password)
    const wrong: string[] = []
    for (const door of doors) {
      if (!concerns(person, door)) continue
      const path = pathOf(door)
      const isLetIn = mayEnter(person, door)
      // Whoever is let in finds nothing with the id of the path.
      if (isLetIn && (door.method !== 'GET' || door.path.includes(':'))) continue
      const { status, html } = door.method === 'GET' ? await browser.get(path) : await browser.post(path)
      const isGood = isLetIn ? [200, 303].includes(status) : status === 404 && !html.includes('<form action="/admin')
      if (!isGood) wrong.push(`${door.method} ${path}: ${status}`)
    }
    expect(wrong, person.name).toEqual([])
  }
})

test('each route of the API for staff answers the roles with its permission, and nobody else', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '10000' })
  const api = apiRoutes(t.app)
  const doors = doorsOf(api.routes, /^\/api\/v\d\/admin\//, permissionsInApi)
  expect(doors.filter(({ asks }) => asks === null).map(({ method, path }) => `${method} ${path}`)).toEqual([])
  const call = async (door: Door, token: string | null): Promise<number> => {
    const response = await api.request(`https://pipit.test${pathOf(door)}`, {
      method: door.method,
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      ...(door.method === 'GET' ? {} : { body: '{}' }),
    })
    return response.status
  }
  for (const door of doors) expect({ door, status: await call(door, null) }).toEqual({ door, status: 401 })
  for (const person of await people(
    t,
    doors.map(({ asks }) => asks ?? []),
  )) {
    const { rows } = await t.db.execute<{ id: string }>(sql`select id from accounts where username = ${person.name}`)
    const token = await tokenOf(t.app, rows[0]?.id as never, ['read', 'write', 'admin:read', 'admin:write'])
    for (const door of doors) {
      if (!concerns(person, door)) continue
      const isLetIn = (await call(door, token)) !== 403
      expect({ who: person.name, door, isLetIn }).toEqual({ who: person.name, door, isLetIn: mayEnter(person, door) })
    }
  }
})
