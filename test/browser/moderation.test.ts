/** A moderator's day, played through on the website without scripts. The number of clicks of each part is part of the promise. */
import { sql } from 'drizzle-orm'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createReport } from '#src/moderation/reports/create.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, password, remoteAccount, status } from '../cast.ts'
import { runJobs } from '../jobs/run.ts'
import { openSite } from './site.ts'

/** Clicks, and the fields that are filled in between. */
function hand(page: Page) {
  let clicks = 0
  return {
    async click(what: Locator | string): Promise<void> {
      clicks++
      await (
        typeof what === 'string'
          ? page.getByRole('link', { name: what }).or(page.getByRole('button', { name: what }))
          : what
      )
        .first()
        .click()
    },
    /** Clicks since the last call. */
    done(): number {
      const count = clicks
      clicks = 0
      return count
    },
  }
}

test('a spam wave, a harassment report, an appeal and a wrong suspension are dealt with in few clicks', async () => {
  await using site = await openSite()
  const { t, base } = site
  await localAccount(t, 'mod', { role: 'moderator' })
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const page = await site.person('mod')
  const { click, done } = hand(page)
  const countOf = async (condition: ReturnType<typeof sql>) =>
    (await t.db.execute<{ n: number }>(sql`select count(*)::int as n from accounts where ${condition}`)).rows[0]?.n

  // 200 accounts of five servers advertise.
  for (let i = 0; i < 200; i++) {
    const id = await remoteAccount(t, `spam${i}`, `spam${i % 5}.test`)
    await t.db.execute(sql`update accounts set display_name = ${`Cheap pills ${i}`} where id = ${id}`)
  }
  await page.goto(`${base}/`)
  await click('Administration')
  await click(page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Accounts' }))
  await page.locator('.account-search-main input[name=q]').fill('cheap pills')
  await click(page.locator('.account-search-main button'))
  await click(page.locator('input[name=matching]'))
  await click(page.locator('button[name=action][value=suspend]'))
  expect(await page.locator('main').textContent()).toContain('200')
  await click(page.locator('main form button[type=submit]'))
  await runJobs(t)
  await page.reload()
  expect(await page.locator('main').textContent()).toContain('200')
  expect(await countOf(sql`suspended_by = 'moderator'`)).toBe(200)
  expect({ spam: done() }).toEqual({ spam: 6 })

  // Somebody reports a post; the notification leads to the report, and one form answers it.
  const post = await status(t, bob, { text: 'A nasty word for @alice' })
  await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, alice, { targetId: bob, statusIds: [post], comment: 'He never stops' }),
  )
  await page.goto(`${base}/`)
  await click('Notifications')
  await click(page.locator('main a[href^="/admin/reports/"]'))
  expect(await page.locator('main').textContent()).toContain('A nasty word for @alice')
  await click(page.locator('input[name=action][value=silence]'))
  await page.locator('textarea[name=text]').fill('Leave her alone')
  await click('Act and resolve')
  expect(await countOf(sql`silenced_by = 'moderator'`)).toBe(1)
  expect((await t.db.execute(sql`select from reports where resolved_at is null`)).rows).toEqual([])
  expect({ report: done() }).toEqual({ report: 4 })

  // He appeals, and the moderator believes him.
  const his = await site.person('bob')
  const hisHand = hand(his)
  await his.goto(`${base}/notifications`)
  await hisHand.click(his.locator('main a[href^="/settings/strikes/"]'))
  await his.locator('textarea[name=text]').fill('It was a quotation')
  await hisHand.click('Send the appeal')
  await page.goto(`${base}/`)
  await click('Administration')
  await click('Appeals (1)')
  expect(await page.locator('main').textContent()).toContain('It was a quotation')
  await click('Approve the appeal of @bob')
  expect(await countOf(sql`silenced_at is not null`)).toBe(0)
  expect({ appeal: done(), his: hisHand.done() }).toEqual({ appeal: 3, his: 2 })

  // A wrong suspension is undone: the person is back with posts and followers.
  const hers = await status(t, carol, { text: 'Here I am' })
  await suspendOnSite(page, base, carol)
  expect((await (await site.visitor()).goto(`${base}/@carol`))?.status()).toBe(410)
  await page.goto(`${base}/`)
  await click('Administration')
  await click(page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Accounts' }))
  await page.locator('.account-search-main input[name=q]').fill('carol')
  await click(page.locator('.account-search-main button'))
  await click(page.locator(`main a[href="/admin/accounts/${carol}"]`))
  await click('Lift the suspension')
  expect(await page.locator('main').textContent()).toContain('no action against this account is in force')
  expect({ undo: done() }).toEqual({ undo: 5 })
  const visitor = await site.visitor()
  await visitor.goto(`${base}/@carol/${hers}`)
  expect(await visitor.locator('main').textContent()).toContain('Here I am')
  const back = await site.visitor()
  await back.goto(`${base}/login`)
  await back.locator('#login').fill('carol')
  await back.locator('#password').fill(password)
  await back.locator('main form[action="/login"] button').click()
  await back.waitForURL(`${base}/`)
})

async function suspendOnSite(page: Page, base: string, id: AccountId): Promise<void> {
  await page.goto(`${base}/admin/accounts/${id}/suspend`)
  await page.locator('main form button[type=submit]').first().click()
  await page.waitForURL(`${base}/admin/accounts/${id}?done=suspend`)
}
