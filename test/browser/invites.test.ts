/** An invitation from the form of the person who makes it to the first steps of the one who comes, in a browser without scripts. */
import { mkdir } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { saveText } from '#src/instance/texts.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { followInviter } from '#src/relationships/follow-inviter.ts'
import { localAccount, password } from '../cast.ts'
import { narrow, openSite, type TestSite, wide } from './site.ts'

let site: TestSite

beforeAll(async () => {
  site = await openSite()
  await localAccount(site.t, 'mira', { displayName: 'Mira Lind' })
  await localAccount(site.t, 'olga', { role: 'owner' })
  await site.t.db.transaction(async (tx) => {
    await saveSettings(tx, commandLine, { title: 'Meadow', registrations: 'invitation', minAge: 16 })
    await addRule(tx, commandLine, 'Be kind, also to strangers')
    await saveText(tx, commandLine, 'termsOfService', 'What is yours stays yours.')
  })
})

afterAll(() => site?.[Symbol.asyncDispose]())

/** Pictures of a page for people who work on its look, if `SHOTS` names a folder. Nothing sticks out at the side on narrow screens. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS']
  if (folder) await mkdir(folder, { recursive: true })
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size)
    if (!folder) continue
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${size.width}.png`, fullPage: true })
    }
  }
  const head = await page.locator('main').boundingBox()
  expect((head?.x ?? 0) + (head?.width ?? 0), name).toBeLessThanOrEqual(narrow.width)
  await page.setViewportSize(wide)
}

test('a person invites a friend, who signs up by the link and arrives among the first steps', async () => {
  const mira = await site.person('mira')
  await mira.goto(`${site.base}/settings/account`)
  await mira.locator('a[href="/settings/invites"]').click()
  await mira.locator('#uses').selectOption('5')
  await mira.locator('#note').fill('For the choir on Tuesdays')
  await mira.getByLabel('People who come by it follow me').check()
  await mira.getByRole('button', { name: 'Make a link' }).click()
  const link = await mira.getByLabel('Link', { exact: true }).inputValue()
  expect(link).toMatch(new RegExp(`^${site.base}/invite/[\\w-]{22}$`))

  const friend = await site.visitor()
  await friend.goto(link)
  await look(friend, 'invite')
  await friend.locator('#username').fill('tomas')
  await friend.locator('#email').fill('tomas@mail.test')
  await friend.locator('#password').fill(password)
  await friend.locator('#date_of_birth').fill(`${new Date().getUTCFullYear() - 12}-05-04`)
  await friend.getByLabel('I accept the rules and the terms of service').check()
  await friend.getByRole('button', { name: 'Sign up' }).click()
  await expect.poll(() => friend.locator('#date_of_birth-problem').textContent()).toContain('below the age limit')
  await look(friend, 'too-young')
  // What was typed is still there, and so is the invitation.
  expect(await friend.locator('#username').inputValue()).toBe('tomas')
  await friend.locator('#password').fill(password)
  await friend.locator('#date_of_birth').fill('1990-05-04')
  await friend.getByRole('button', { name: 'Sign up' }).click()
  await expect.poll(() => friend.locator('main h1').textContent()).toBe('Look into your mail')
  await look(friend, 'done')

  const { db, app } = site.t
  const { rows } = await db.execute<{ id: AccountId }>(sql`select id from accounts where username = 'tomas'`)
  const tomas = rows[0]!.id
  const { secret } = (await db.transaction((tx) => newMailToken(tx, tomas, 'confirm')))!
  await friend.goto(`${site.base}/confirm?token=${secret}`)
  await friend.getByRole('button', { name: 'Confirm' }).click()
  await expect.poll(() => friend.locator('main h1').textContent()).toBe('Your address is confirmed')
  await followInviter(db, app.uris, tomas)
  await friend.locator('main a[href="/login"]').click()
  await friend.locator('#login').fill('tomas')
  await friend.locator('#password').fill(password)
  await friend.getByRole('button', { name: 'Log in', exact: true }).click()
  await friend.waitForURL(`${site.base}/`)
  await expect.poll(() => friend.locator('.first-steps').textContent()).toContain('You follow 1 person')
  await look(friend, 'first-steps')

  await mira.goto(`${site.base}/settings/invites`)
  expect(await mira.locator('.invites').textContent()).toContain('@tomas')
  await look(mira, 'invites')
  const owner = await site.person('olga')
  await owner.goto(`${site.base}/admin/invites?name=tomas`)
  expect(await owner.locator('main').textContent()).toContain('Came by an invitation of @mira')
  await owner.goto(`${site.base}/admin/invites`)
  await look(owner, 'admin-invites')
  await owner.getByRole('button', { name: 'Revoke' }).click()
  await friend.context().clearCookies()
  await friend.goto(link)
  expect(await friend.locator('main h1').textContent()).toBe('This invitation is no longer valid')
  await look(friend, 'dead')
  await friend.goto(`${site.base}/signup`)
  await look(friend, 'by-invitation')
})
