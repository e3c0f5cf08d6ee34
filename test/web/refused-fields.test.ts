/** Refusals on the website name the field as its label does. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { publishAnnouncement } from '#src/moderation/announcements.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Visitor, visitor } from './visitor.ts'

const long = (length: number) => 'x'.repeat(length)
const filter = { title: 'Spiders', added: 'spider', context: 'home', action: 'warn', expires: 'never' }
const profile = { display_name: 'Alice' }
const noImage = new File(['no image'], 'a.png', { type: 'image/png' })
const choices = { default_visibility: 'public', default_format: 'plain', description_rule: 'off', undo_seconds: '0' }
const look = { media_display: 'default', appearance: 'system', text_size: 'medium' }

/** The path of a form, what is sent, and the name of the field that is wrong; `legend`: the group of fields. */
const forms: [path: string, sent: Record<string, string | Blob>, wrong: string | { legend: string }][] = [
  ['/lists', { title: ' ' }, 'title'],
  ['/lists', { title: long(300) }, 'title'],
  ['/settings/filters', { ...filter, title: '' }, 'title'],
  ['/settings/filters', { ...filter, title: long(300) }, 'title'],
  ['/settings/filters', { ...filter, added: long(3_000) }, 'added'],
  ['/settings/filters', { ...filter, added: ' ' }, 'added'],
  ['/settings/filters', { ...filter, action: 'explode' }, 'action'],
  ['/settings/filters', { ...filter, expires: 'soon' }, 'expires'],
  ['/statuses/POST/filter', { filter: '', title: '' }, 'title'],
  ['/collections', { name: '' }, 'name'],
  ['/collections', { name: long(200) }, 'name'],
  ['/collections', { name: 'Friends', description: long(2_000) }, 'description'],
  ['/collections', { name: 'Friends', tag: 'two words' }, 'tag'],
  ['/collections', { name: 'Friends', language: '??' }, 'language'],
  ['/accounts/BOB/note', { note: long(3_000) }, 'note'],
  ['/reports/new', { account: 'BOB', category: 'spam', comment: long(2_000) }, 'comment'],
  ['/reports/new', { account: 'BOB', category: 'boredom' }, { legend: 'What is wrong?' }],
  ['/settings/hashtags', { tag: '#!' }, 'tag'],
  ['/settings/featured/tags', { tag: '#!' }, 'tag'],
  ['/settings/blocked-servers', { domain: 'no host' }, 'domain'],
  ['/settings/profile', { display_name: long(200) }, 'display_name'],
  ['/settings/profile', { ...profile, note: long(9_000) }, 'note'],
  ['/settings/profile', { ...profile, avatar_description: long(3_000) }, 'avatar_description'],
  ['/settings/profile', { ...profile, header_description: long(3_000) }, 'header_description'],
  ['/settings/profile', { ...profile, attribution_domains: 'a b_@' }, 'attribution_domains'],
  ['/settings/profile', { ...profile, field_name_0: '', field_value_0: 'Berlin' }, { legend: 'Facts' }],
  ['/settings/profile', { ...profile, field_name_0: long(900), field_value_0: 'Berlin' }, { legend: 'Facts' }],
  ['/settings/profile', { ...profile, avatar: noImage }, 'avatar'],
  ['/settings/profile', { ...profile, header: noImage }, 'header'],
  ['/statuses/POST/react', { emoji: 'no emoji' }, 'emoji'],
  ['/announcements/NEWS/react', { emoji: 'no emoji' }, 'emoji-NEWS'],
  ['/settings/preferences', { ...choices, ...look, default_visibility: 'all' }, 'default_visibility'],
  ['/settings/preferences', { ...choices, ...look, text_size: 'huge' }, 'text_size'],
  ['/settings/preferences', { ...choices, ...look, time_zone: 'Mars' }, 'time_zone'],
  ['/settings/password', { current_password: password, password: 'short' }, 'password'],
  ['/settings/email', { email: 'nobody' }, 'email'],
  ['/settings/tokens', { name: '', scope: 'read', days: '30' }, 'name'],
]

let t: TestDatabase
let browser: Visitor
let ids: Record<string, string>

beforeAll(async () => {
  t = await database()
  await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  ids = {
    BOB: bob,
    POST: await status(t, bob, { text: 'Hello' }),
    NEWS: await t.db.transaction((tx) => publishAnnouncement(tx, commandLine, { text: 'News' })),
  }
  browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
})

afterAll(() => t?.[Symbol.asyncDispose]())

const named = (text: string) => text.replace(/BOB|POST|NEWS/, (name) => ids[name] ?? '')

test.each(forms)('%s refuses %o, and names the field as its label', async (path, sent, wrong) => {
  const fields = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name, typeof value === 'string' ? named(value) : value]),
  )
  const { status: code, html } = await browser.post(named(path), fields)
  expect(code).toBe(422)
  const field = typeof wrong === 'string' ? named(wrong) : null
  const label =
    typeof wrong === 'string'
      ? new RegExp(`<label for="${field}"[^>]*>([^<]+)</label>`).exec(html)?.[1]
      : html.includes(`<legend>${wrong.legend}</legend>`)
        ? wrong.legend
        : undefined
  expect(label, 'the page has the field').toBeDefined()
  // Above the form by the label, or right below the field.
  const said = /id="refused">([^<]*)</.exec(html)?.[1] ?? ''
  const below = field
    ? new RegExp(`<p class="problem" id="${field}-problem">([^<]*)<`).exec(html)?.[1]
    : /<fieldset[^>]*><legend>[^<]*<\/legend>(?:(?!<\/fieldset>)[\s\S])*<p class="problem"[^>]*>([^<]*)</.exec(
        html,
      )?.[1]
  expect(below?.startsWith('This ') || said.startsWith(label ?? ''), `said: ${said} | ${below}`).toBe(true)
  const isMarked = field === null || new RegExp(`id="${field}"[^>]*aria-invalid="true"`).test(html)
  expect(isMarked, 'the field is marked').toBe(true)
})
