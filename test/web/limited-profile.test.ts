import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('a limited profile stands behind a click for those who don’t follow it, and says so to everybody', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await localAccount(t, 'carl')
  await makeFollow(t, bob, alice)
  await status(t, alice, { text: 'Good morning' })
  const as = async (name: string) => {
    const browser = visitor(pages(t.app))
    if (name) await browser.logIn(name, password)
    return browser
  }
  const notice = 'limited this profile'
  for (const name of ['', 'bob', 'carl', 'alice']) {
    const { html } = await (await as(name)).get('/@alice')
    expect(html, name).toContain('Good morning')
    expect(html, name).not.toContain(notice)
  }
  await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'silence' }))

  for (const name of ['', 'carl']) {
    const browser = await as(name)
    for (const path of ['/@alice', '/@alice/with_replies', '/@alice/followers']) {
      const covered = (await browser.get(path)).html
      expect(covered, path).toContain(notice)
      expect(covered, path).toContain(`href="${path}?show=1"`)
      expect(covered, path).not.toContain('Good morning')
    }
    const shown = (await browser.get('/@alice?show=1')).html
    expect(shown).toContain('Good morning')
    expect(shown).toContain(notice)
    expect(shown).toContain('href="/@alice/with_replies?show=1"')
    expect(shown).not.toContain('Show the profile anyway')
  }
  const follower = (await (await as('bob')).get('/@alice')).html
  expect(follower).toContain('Good morning')
  expect(follower).toContain(notice)
  const own = (await (await as('alice')).get('/@alice')).html
  expect(own).toContain('Good morning')
  expect(own).toContain('limited your account')
  expect(own).toContain('href="/settings/strikes"')
})
