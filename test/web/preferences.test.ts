import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { saveDefaultPolicies } from '#src/statuses/access/own-policy.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

const chosen = {
  default_visibility: 'private',
  open_may_reply: 'followers',
  open_ask_reply: '1',
  open_may_quote: 'followers',
  default_language: 'de',
  default_format: 'markdown',
  default_sensitive: '1',
  description_rule: 'require',
  undo_seconds: '30',
  media_display: 'hide_all',
  expands_warnings: '1',
  autoplays_loops: '1',
  appearance: 'dark',
  text_size: 'large',
  locale: 'en',
  time_zone: 'Europe/Berlin',
}

test('each preference is stored, and the page shows the choice', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  // Rules that an app set, for a visibility that the page doesn't show.
  const direct = { reply: { automatic: ['following'], manual: [] } }
  await t.db.transaction((tx) => saveDefaultPolicies(tx, alice, { direct }))
  expect((await browser.post('/settings/preferences', chosen)).location).toBe('/settings/preferences?saved=1')
  expect(await loadOwnProfile(t.db, alice)).toMatchObject({
    defaultVisibility: 'private',
    defaultQuotePolicy: 'followers',
    defaultInteractionPolicies: {
      public: { reply: { automatic: ['followers'], manual: ['public'] } },
      unlisted: { reply: { automatic: ['followers'], manual: ['public'] } },
      direct: { reply: { automatic: ['following'], manual: [] } },
    },
    defaultLanguage: 'de',
    defaultFormat: 'markdown',
    defaultSensitive: true,
    descriptionRule: 'require',
    undoSeconds: 30,
    mediaDisplay: 'hide_all',
    expandsWarnings: true,
    appearance: 'dark',
    textSize: 'large',
    locale: 'en',
    timeZone: 'Europe/Berlin',
    groupsBoosts: false,
    autoplaysLoops: true,
    usesSingleKeys: false,
    mailsMentions: false,
  })
  const { html } = await browser.get('/settings/preferences')
  for (const value of Object.values(chosen).filter((value) => value !== '1'))
    expect(html).toMatch(new RegExp(`<option value="${value}" selected`))
  expect(html).toMatch(/name="expands_warnings"[^>]*checked/)
  expect(html).toMatch(/name="autoplays_loops"[^>]*checked/)
  for (const name of ['groups_boosts', 'uses_single_keys'])
    expect(html).not.toMatch(new RegExp(`name="${name}"[^>]*checked`))
})

test('an invalid preference is marked, changes nothing, and the form keeps its content', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const before = await loadOwnProfile(t.db, alice)
  const wrong = { undo_seconds: '121', time_zone: 'Mars/Olympus', default_visibility: 'direct', locale: 'xx' }
  for (const [field, value] of Object.entries(wrong)) {
    const answer = await browser.post('/settings/preferences', { ...chosen, [field]: value })
    expect(answer.status).toBe(422)
    expect(answer.html).toMatch(new RegExp(`<select id="${field}"[^>]*aria-invalid="true"`))
    expect(answer.html).toContain('<option value="markdown" selected')
  }
  expect(await loadOwnProfile(t.db, alice)).toEqual(before)
})

test('a time zone with two names is stored by the name in the list', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  for (const timeZone of ['Asia/Kolkata', 'Asia/Calcutta'])
    await t.db.transaction((tx) => savePreferences(tx, alice, { timeZone }))
  const kept = (await loadOwnProfile(t.db, alice))?.timeZone
  expect(Intl.supportedValuesOf('timeZone')).toContain(kept)
  for (const timeZone of ['+02:00', 'CEST6', '../etc/passwd'])
    await expect(t.db.transaction((tx) => savePreferences(tx, alice, { timeZone }))).rejects.toMatchObject({
      problems: [{ field: 'time_zone' }],
    })
})

test('the list of keys switches them by a form for people who are logged in, and leaves them to the browser of visitors', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const [a, someone] = [visitor(site), visitor(site)]
  await a.logIn('alice', password)
  expect((await a.get('/about')).html).toContain('data-single-keys="on"')
  expect((await a.get('/keyboard')).html).toMatch(/name="single_keys" value="off"[^>]*>Switch single keys off</)
  expect(await a.post('/keyboard', { single_keys: 'off' })).toMatchObject({ status: 303, location: '/keyboard' })
  expect(await loadOwnProfile(t.db, alice)).toMatchObject({ usesSingleKeys: false })
  expect((await a.get('/about')).html).toContain('data-single-keys="off"')
  expect((await a.get('/keyboard')).html).toMatch(/name="single_keys" value="on"[^>]*>Switch single keys on</)
  expect((await someone.get('/about')).html).not.toContain('data-single-keys')
  expect((await someone.get('/keyboard')).html).not.toContain('name="single_keys"')
})
