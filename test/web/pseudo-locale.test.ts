/** Pages in a language whose every message is marked, `⟦like this⟧`: text outside of the marks is not from the catalogue. */
import { Parser } from 'htmlparser2'
import { expect, test, vi } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { addToCollection } from '#src/reading/collections/items.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { loadConversationPage } from '#src/reading/conversations/page.ts'
import { addStatus, createFilter } from '#src/reading/filters/manage.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { follow } from '#src/relationships/follow.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import type { catalogues } from '#src/text/catalogue.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

vi.mock('#src/text/catalogue.ts', async (importOriginal) => {
  const original = await importOriginal<{ catalogues: typeof catalogues }>()
  const marked = new Map([...original.catalogues.en].map(([key, text]) => [key, `⟦${text}⟧`]))
  return { ...original, catalogues: { en: marked } }
})

/** Elements with people's texts, with names, and with output of `Intl` or a command line. */
const others = new Set(['bdi', 'code', 'option', 'script', 'style', 'svg', 'textarea', 'time'])
const otherClasses = new Set(['handle', 'name', 'prose'])
const shown = ['alt', 'aria-label', 'placeholder', 'title']
/** Handles, hashtags and hosts are names, too. */
const hasWords = (text: string): boolean => /\p{L}{2}/u.test(text) && !/^[@#]|\.test$/.test(text.trim())

/** Handles and hashtags of the cast. They may run in another direction than the words around them, so they are isolated. */
const handles = /[@#](alice|bob|owner|rain|cats)\b/i
const isolated = new Set(['bdi', 'option', 'textarea'])

/** The texts of a page that are no messages, and handles that are not isolated. */
function unmarked(html: string): string[] {
  const found: string[] = []
  let isBody = false
  let depth = 0
  const stack: boolean[] = []
  const isolation: boolean[] = []
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (tag === 'body') isBody = true
      const classes = (attributes['class'] ?? '').split(' ')
      const isOther = others.has(tag) || classes.some((name) => otherClasses.has(name)) || 'dir' in attributes
      stack.push(isOther || (stack.at(-1) ?? false))
      isolation.push(isolated.has(tag) || 'dir' in attributes || (isolation.at(-1) ?? false))
      if (!isBody || tag === 'time') return
      for (const name of shown) {
        const value = attributes[name] ?? ''
        if (hasWords(value) && !/^⟦.*⟧$/su.test(value)) found.push(`${name}: ${value}`)
      }
    },
    ontext(text) {
      if (!isBody) return
      if (!isolation.at(-1) && handles.test(text)) found.push(`not isolated: ${text.trim()}`)
      for (const piece of text.split(/(?=[⟦⟧])/u)) {
        if (piece.startsWith('⟦')) depth += 1
        if (piece.startsWith('⟧')) depth -= 1
        if (depth === 0 && !stack.at(-1) && hasWords(piece.replace('⟧', ''))) found.push(piece.trim())
      }
    },
    onclosetag(tag) {
      stack.pop()
      isolation.pop()
      if (tag === 'body') isBody = false
    },
  })
  parser.end(html)
  return found
}

/** Asks for a page, and returns its texts that are no messages. */
async function read(person: ReturnType<typeof visitor>, path: string): Promise<string[]> {
  const { html, status } = await person.get(path)
  expect(html, `${path} answered ${status}`).toContain('⟦')
  return unmarked(html)
}

/** The code of a link that brings people here who then follow the account. */
async function invitation(t: TestDatabase, accountId: AccountId): Promise<string> {
  const input = { maxUses: 5, days: 7, follows: true, note: '' }
  return (await makeInvite(t.app, { accountId, role: 'user' }, input)).code
}

test('pages for visitors contain only texts of the catalogue', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(`insert into settings (name, value) values ('registrations', '"approval"'), ('minAge', '16')`)
  await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const guest = visitor(pages(t.app))
  const paths = [
    '/login',
    '/signup',
    `/invite/${await invitation(t, alice)}`,
    '/invite/unknown',
    '/password',
    '/reset',
    '/confirm',
    '/about',
    '/privacy-policy',
    '/explore',
    '/explore/tags',
    '/explore/links',
    '/explore/people',
    '/public',
    '/directory',
    '/links?url=x',
    '/tags/cats',
    '/tags/cats?any=rain&none=!',
    '/search',
    '/search?q=nothing',
    `/elsewhere/accounts/${alice}`,
    '/nothing/here',
    '/oauth/authorize',
    '/setup',
  ]
  for (const path of paths) expect([path, await read(guest, path)]).toEqual([path, []])
})

test('pages for people and for admins contain only texts of the catalogue', async () => {
  await using t = await database()
  const [owner, bob] = [await localAccount(t, 'owner', { role: 'owner' }), await localAccount(t, 'bob')]
  await localAccount(t, 'newcomer', { isApproved: false })
  await t.db.execute(`update accounts set is_locked = true where username = 'owner'`)
  await t.db.transaction((tx) => follow(tx, t.app.uris, bob, owner))
  await t.db.execute(`insert into hosts (host, failures, is_slow, last_error, stopped_at, last_success_at) values
    ('down.test', 3, true, null, null, null), ('stopped.test', 0, false, null, now(), now())`)
  await t.db.execute(
    `insert into daily_stats select current_date - d, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, now() from generate_series(1, 3) d`,
  )
  await openSignUps(t)
  await invitation(t, owner)
  const person = visitor(pages(t.app))
  await person.logIn('owner', password)
  const paths = ['/notifications', '/approvals', '/notifications/requests', '/bookmarks', '/favourites', '/search']
    .concat([
      '/authorize_interaction?uri=nothing',
      '/admin',
      '/admin/accounts',
      '/admin/accounts?q=bob&state=active&order=active',
      `/admin/accounts/act?action=silence&pick=${bob}`,
      '/admin/servers/rule?host=far.test',
      '/admin/applicants',
      '/admin/trends',
      '/admin/settings',
    ])
    .concat(['/admin/rules', '/admin/servers', '/admin/servers?show=failing', `/admin/accounts/${bob}/security`])
    .concat([
      '/admin/rules',
      '/admin/servers',
      '/admin/servers?show=failing',
      '/admin/invites',
      '/admin/invites?name=bob',
      '/admin/webhooks',
      '/admin/webhooks/new',
    ])
  for (const path of paths) expect([path, await read(person, path)]).toEqual([path, []])
})

test('pages with posts, and the composer, contain only texts of the catalogue', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.transaction((tx) => follow(tx, t.app.uris, alice, bob))
  const post = await status(t, bob, { text: 'A walk @alice #rain', language: 'en' })
  await status(t, alice, { text: 'Which?', poll: { options: ['Red', 'Blue'], expiresInSeconds: 3_600 } })
  await status(t, alice, { text: 'Behind it', spoilerText: 'A warning', visibility: 'private' })
  const own = await status(t, alice, { text: 'A reply', inReplyToId: post })
  await t.db.transaction((tx) => favourite(tx, bob, own))
  await t.db.transaction((tx) => reblog(tx, t.app.uris, alice, post))
  const person = visitor(pages(t.app))
  for (const path of ['/', `/@bob/${post}`, '/@alice']) expect([path, await read(person, path)]).toEqual([path, []])
  await person.logIn('alice', password)
  await openSignUps(t)
  await invitation(t, alice)
  await status(t, bob, { text: '@alice Between us', visibility: 'direct' })
  const [talk] = (await loadConversationPage(t.db, alice, { limit: 1 })).views
  await t.db.transaction((tx) => followTag(tx, alice, { name: 'rain', displayName: 'rain' }))
  const filter = await t.db.transaction(async (tx) => {
    const id = await createFilter(tx, alice, {
      title: 'cats',
      contexts: ['home'],
      expiresAt: new Date(Date.now() + 60_000),
      keywords: [{ keyword: 'cat' }],
    })
    await addStatus(tx, alice, id, post)
    return id
  })
  const circle = await t.db.transaction(async (tx) => {
    const id = await createCollection(tx, alice, { name: 'cats', tagName: 'rain' })
    await addToCollection(tx, alice, id, alice)
    return id
  })
  const list = await t.db.transaction((tx) => createList(tx, alice, { title: 'cats' }))
  const paths = [
    '/',
    '/explore',
    '/explore/people',
    '/public',
    '/directory',
    '/announcements',
    `/year/${new Date().getUTCFullYear()}`,
    '/search?q=has:nuts',
    '/notifications',
    '/@alice',
    '/@bob',
    '/@bob/followers',
    `/@bob/${post}`,
    '/search?q=a',
  ]
    .concat([`/@alice/${own}/history`, '/more', '/compose', `/compose?reply_to=${post}`, `/compose?quote=${post}`])
    .concat(['/drafts', '/scheduled', '/share?text=x', `/statuses/${own}/edit`, `/statuses/${own}/delete`])
    .concat([`/statuses/${own}/policy`, '/approvals?show=accepted', '/settings/profile', '/settings/preferences'])
    .concat(['/settings/account', '/settings/apps', '/settings/sessions', '/settings/security-log', '/settings/moving'])
    .concat(['/tags/rain', '/settings/hashtags', '/conversations', `/conversations/${talk?.id}`])
    .concat(['/settings/filters', `/settings/filters/${filter}`, `/statuses/${post}/filter`, '/collections'])
    .concat([`/collections/${circle}`, `/collections/${circle}/edit?q=b`, '/@alice/collections'])
    .concat(['/lists', `/lists/${list}`, `/lists/${list}/edit?q=b`, `/accounts/${bob}/lists`])
    .concat(['/settings/invites', '/settings/email', '/settings/tokens', '/prove', '/login?add=1'])
  for (const path of paths) expect([path, await read(person, path)]).toEqual([path, []])
  const refused = await person.post('/compose', { text: '' })
  expect(refused.status).toBe(422)
  expect(unmarked(refused.html)).toEqual([])
})

test('a refused form has only texts of the catalogue', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const guest = visitor(pages(t.app))
  const { html } = await guest.post('/login', { login: 'alice', password: 'wrong' })
  expect(html).toContain('⟦Name or password is wrong⟧')
  expect(unmarked(html)).toEqual([])
})

test('the check ignores people’s texts, and finds texts outside of the catalogue', () => {
  const html = '<body><p>⟦Hello <b>you</b>⟧ <bdi>Alice</bdi></p><p title="Forgotten">Left over</p></body>'
  expect(unmarked(html)).toEqual(['title: Forgotten', 'Left over'])
  expect(unmarked('<body><p>⟦By <b>@bob</b>⟧</p><bdi>@bob</bdi></body>')).toEqual(['not isolated: @bob'])
})
