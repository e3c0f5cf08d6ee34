import { expect, test } from 'vitest'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

/** Pages of staff, and the bit of Mastodon's permission that opens them. */
const staffPages = [
  ['/admin', 1 << 3],
  ['/admin/reports', 1 << 4],
  ['/admin/servers', 1 << 5],
  ['/admin/settings', 1 << 6],
  ['/admin/trends', 1 << 8],
  ['/admin/accounts', 1 << 10],
  ['/admin/applicants', 1 << 10],
  ['/admin/invites', 1 << 11],
  ['/admin/rules', 1 << 12],
  ['/admin/accounts/reset-factors', 1 << 18],
] as const

test('apps read from the role what the website lets it do', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const site = pages(t.app)
  const found: Record<string, string> = {}
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const) {
    const id = await localAccount(t, `the_${role}`, { role })
    const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', await tokenOf(t.app, id))
    expect(me.role).toMatchObject({ highlighted: role !== 'user', permissions: expect.stringMatching(/^\d+$/) })
    found[role] = me.role.permissions
    const browser = visitor(site)
    await browser.logIn(`the_${role}`, password)
    for (const [path, bit] of staffPages) {
      const isAllowed = (Number(me.role.permissions) & bit) !== 0
      expect((await browser.get(path)).status, `${role} at ${path}`).toBe(isAllowed ? 200 : 404)
    }
    // Announcements are on the page of the rules.
    const announced = await browser.post('/admin/announcements', { announcement: `By the ${role}` })
    expect(announced.status, role).toBe((Number(me.role.permissions) & (1 << 13)) === 0 ? 404 : 303)
  }
  expect(found).toMatchObject({ user: '0', moderator: '1304', admin: '277880', owner: '277880' })
})

test('the permission to invite follows the settings', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, mod] = [await localAccount(t, 'alice'), await localAccount(t, 'mod', { role: 'moderator' })]
  const mayInvite = async () => {
    const bits = []
    for (const id of [alice, mod]) {
      const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', await tokenOf(t.app, id))
      bits.push((Number(me.role.permissions) & (1 << 16)) !== 0)
    }
    return bits
  }
  expect(await mayInvite()).toEqual([false, false])
  await t.db.transaction((tx) => saveSettings(tx, { registrations: 'open', inviters: 'users' }))
  expect(await mayInvite()).toEqual([true, true])
  await t.db.transaction((tx) => saveSettings(tx, { inviters: 'staff' }))
  expect(await mayInvite()).toEqual([false, true])
})
