/** Consent on the website: the interaction policy of a post, and the page of approvals. */
import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { serve } from '../../web/server.ts'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { freePort } from '../runtime/process.ts'
import { openBrowser } from './browser.ts'

test.each([false, true])(
  'a person gets requests, and answers them one by one and many at once (scripts: %s)',
  async (javaScriptEnabled) => {
    const port = await freePort()
    const base = `http://localhost:${port}`
    await using t = await database({ PORT: String(port), ORIGIN: base })
    await using _ = await serve(t.app)
    const mira = await localAccount(t, 'mira')
    const post = await status(t, mira, { text: 'My garden in spring' })
    await using browser = await openBrowser()
    const page = await browser.person({ javaScriptEnabled, viewport: { width: 360, height: 740 } })
    await page.goto(`${base}/login`)
    await page.getByLabel('Name or mail address').fill('mira')
    await page.getByLabel('Password').fill(password)
    await page.locator('main').getByRole('button', { name: 'Log in', exact: true }).click()

    // The policy of a post that is published already.
    await page.goto(`${base}/statuses/${post}/policy`)
    await page.getByLabel('Who may reply').selectOption('nobody')
    await page.getByLabel('Ask me about other replies').check()
    await page.getByLabel('Who may favourite').selectOption('followers')
    await page.getByLabel('Ask me about other favourites').check()
    await page.getByLabel('Who may boost').selectOption('nobody')
    await page.getByLabel('Who may quote').selectOption('nobody')
    await page.getByLabel('Ask me about other quotes').check()
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await view(t, post)).toMatchObject({
      interactionPolicy: {
        reply: { automatic: [], manual: ['public'] },
        like: { automatic: ['followers'], manual: ['public'] },
        announce: { automatic: [], manual: [] },
      },
      quoteAutomatic: [],
      quoteManual: ['public'],
    })
    await page.goto(`${base}/statuses/${post}/policy`)
    expect(await page.getByLabel('Who may favourite').inputValue()).toBe('followers')
    expect(await page.getByLabel('Ask me about other replies').isChecked()).toBe(true)

    const guests = await Promise.all(['ada', 'ben', 'cleo'].map((name) => localAccount(t, name)))
    for (const guest of guests) {
      await t.db.transaction((tx) => favourite(tx, guest, post))
      await status(t, guest, { text: 'What a lovely garden', inReplyToId: post })
      await expect(t.db.transaction((tx) => reblog(tx, t.app.uris, guest, post))).rejects.toMatchObject({
        code: 'not_permitted',
      })
    }
    await status(t, guests[0]!, { text: 'Look at this', quotedStatusId: post })

    await page.goto(`${base}/approvals`)
    const main = page.locator('main')
    expect(await main.innerText()).toContain('What a lovely garden')
    await page.getByRole('button', { name: 'Accept ada' }).click()
    expect(await view(t, post)).toMatchObject({ repliesCount: 1 })
    await page.getByLabel('Choose ben').check()
    await page.getByLabel('Choose cleo').check()
    await page.getByRole('button', { name: 'Reject the chosen' }).click()
    expect(await main.innerText()).toContain('No reply waits for you')
    expect(await view(t, post)).toMatchObject({ repliesCount: 1 })

    await page.getByRole('link', { name: 'Favourites (3)' }).click()
    await page.getByRole('button', { name: 'Accept the chosen' }).click()
    expect(await main.innerText()).toContain('Choose at least one first')
    for (const name of ['ada', 'ben', 'cleo']) await page.getByLabel(`Choose ${name}`).check()
    await page.getByRole('button', { name: 'Accept the chosen' }).click()
    expect(await view(t, post)).toMatchObject({ favouritesCount: 3 })

    await page.getByRole('link', { name: 'Quotes (1)' }).click()
    await page.getByRole('button', { name: 'Accept ada' }).click()
    expect(await view(t, post)).toMatchObject({ quotesCount: 1 })

    await page.getByRole('link', { name: 'Accepted' }).click()
    await page.getByRole('button', { name: 'Take back your consent for ada' }).first().click()
    expect(await view(t, post)).toMatchObject({ quotesCount: 0, favouritesCount: 3 })
    await page.goto(`${base}/follow-requests`)
    expect(await main.innerText()).toContain('Nobody is waiting')
  },
)

const view = (t: TestDatabase, id: StatusId) => loadStatusView(t.db, null, id)
