/** Translating a post with and without scripts. */
import { expect, test } from 'vitest'
import { localAccount, remoteAccount, remoteStatus } from '../cast.ts'
import { translator } from '../translator.ts'
import { narrow, openSite } from './site.ts'

test('a translation takes the place of the text and gives it back; without scripts it has a page', async () => {
  await using lt = await translator()
  await using site = await openSite(() => ({ LIBRETRANSLATE_URL: lt.url }))
  const { t } = site
  await localAccount(t, 'reader')
  const id = await remoteStatus(t, await remoteAccount(t, 'writer'), {
    content: '<p>Ein Abend am Wasser</p>',
    spoilerText: 'Wetter',
    language: 'de',
  })
  const path = `${site.base}/@writer@remote.test/${id}`
  const page = await site.person('reader', { javaScriptEnabled: true, viewport: narrow })
  await page.goto(path)
  const post = page.locator(`#post-${id}`)
  await post.locator('.warning summary').click()
  const link = post.getByRole('link', { name: 'Translate from German' })
  await link.click()
  const translated = post.getByText('EIN ABEND AM WASSER', { exact: true })
  await translated.waitFor()
  expect(await post.getByText('WETTER', { exact: true }).isVisible()).toBe(true)
  expect(await post.getByText('Translated from German by LibreTranslate.').isVisible()).toBe(true)
  expect(await post.getByText('Ein Abend am Wasser', { exact: true }).isVisible()).toBe(false)
  expect(page.url()).toBe(path)
  const back = post.getByRole('button', { name: 'Show the original' })
  await back.click()
  expect(await post.getByText('Ein Abend am Wasser', { exact: true }).isVisible()).toBe(true)
  expect(await translated.isVisible()).toBe(false)
  expect(await link.evaluate((element) => element === document.activeElement)).toBe(true)
  // A second time needs no request.
  lt.isDown = true
  await link.click()
  await translated.waitFor()
  expect(lt.asked).toHaveLength(1)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(narrow.width)

  const plain = await site.person('reader')
  await plain.goto(path)
  await plain.locator(`#post-${id} .warning summary`).click()
  await plain.getByRole('link', { name: 'Translate from German' }).click()
  expect(new URL(plain.url()).pathname).toBe(`/statuses/${id}/translation`)
  expect(await plain.getByText('EIN ABEND AM WASSER', { exact: true }).isVisible()).toBe(true)
})

test('a translation that fails says why, and leaves the text', async () => {
  await using lt = await translator()
  await using site = await openSite(() => ({ LIBRETRANSLATE_URL: lt.url }))
  const { t } = site
  await localAccount(t, 'reader')
  const writer = await remoteAccount(t, 'writer')
  const content = '<p>Ein Abend am Wasser</p>'
  const id = await remoteStatus(t, writer, { content, language: 'de' })
  const page = await site.person('reader', { javaScriptEnabled: true })
  await page.goto(`${site.base}/@writer@remote.test/${id}`)
  lt.isDown = true
  await page.getByRole('link', { name: 'Translate from German' }).click()
  await expect.poll(() => page.locator('.toast').innerText()).toContain('translation service is not available')
  expect(await page.locator(`#post-${id}`).getByText('Ein Abend am Wasser').isVisible()).toBe(true)
})

test('a translation is not offered once the translator is known to lack the language', async () => {
  await using lt = await translator()
  await using site = await openSite(() => ({ LIBRETRANSLATE_URL: lt.url }))
  const { t } = site
  await localAccount(t, 'reader')
  const id = await remoteStatus(t, await remoteAccount(t, 'writer'), { content: '<p>Un soir</p>', language: 'fr' })
  const page = await site.person('reader', { javaScriptEnabled: true })
  await page.goto(`${site.base}/@writer@remote.test/${id}`)
  const link = page.getByRole('link', { name: 'Translate from French' })
  await link.click()
  await expect.poll(() => page.locator('.toast').innerText()).toContain('doesn’t know this language')
  await page.reload()
  expect(await page.getByText('Un soir').isVisible()).toBe(true)
  expect(await link.count()).toBe(0)
})
