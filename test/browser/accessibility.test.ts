/** axe-core finds nothing on any page of the website, in both colour schemes, on wide and narrow screens. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { startState } from '#src/accounts/security/states.ts'
import { fillDemo } from '#src/demo/fill.ts'
import { setupToken } from '#src/instance/setup-link.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { publishAnnouncement } from '#src/moderation/announcements.ts'
import { appeal } from '#src/moderation/appeals.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import { makeWebhook } from '#src/moderation/webhooks/manage.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { addToCollection } from '#src/reading/collections/items.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { loadConversationPage } from '#src/reading/conversations/page.ts'
import { addStatus, createFilter } from '#src/reading/filters/manage.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { localAccount, openSignUps, password, status } from '../cast.ts'
import { openSite, type TestSite } from './site.ts'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const widths = [1280, 360, 320]
const schemes = ['light', 'dark'] as const
/** The rules whose results depend on the colours. The others are asked once a width. */
const colourRules = ['color-contrast', 'link-in-text-block']

let site: TestSite
let someone = ''
let another = ''
let post = ''
let file = ''
let own = ''
let remote = ''
let security = ''
let reported = ''
let reportedAccount = ''
let struck = ''
let invitation = ''
let webhook = ''
let hashtag = ''
let followed = ''
let list = ''
let filter = ''
let filtered = ''
let collection = ''
let conversation = ''
let tagPage = ''

beforeAll(async () => {
  site = await openSite(() => ({ OIDC_ACME_ISSUER: 'https://acme.test', OIDC_ACME_CLIENT_ID: 'pipit' }))
  const { t } = site
  await openSignUps(t)
  const { usernames } = await fillDemo(t.app, { posts: 300, seed: 11, password })
  ;[someone = '', another = ''] = usernames
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { captcha: 'work' }))
  const warden = await localAccount(t, 'warden', { role: 'owner' })
  await localAccount(t, 'asking', { isApproved: false })
  await localAccount(t, 'unconfirmed', { isApproved: false, isConfirmed: false })
  const idOf = async (condition: ReturnType<typeof sql>) => {
    const { rows } = await t.db.execute<{ id: string }>(
      sql`select s.id from statuses s join accounts a on a.id = s.account_id where s.reblog_of_id is null and s.deleted_at is null and s.visibility = 'public' and ${condition} order by s.id desc limit 1`,
    )
    return rows[0]?.id ?? ''
  }
  post = `/@${someone}/${await idOf(sql`a.username = ${someone} and a.domain is null`)}`
  own = await idOf(sql`a.username = ${someone} and a.domain is null`)
  const pictures = await t.db.execute<{ path: string }>(sql`
    select '/@' || a.username || '/' || s.id || '/media/1' as path
    from media m join statuses s on s.id = m.status_id join accounts a on a.id = s.account_id
    where m.position = 0 and a.domain is null and s.visibility = 'public' and s.deleted_at is null order by m.id limit 1`)
  file = pictures.rows[0]?.path ?? ''
  const { rows } = await t.db.execute<{ name: string }>(
    sql`select username || '@' || domain as name from accounts where domain is not null order by id limit 1`,
  )
  remote = rows[0]?.name ?? ''
  const person = await t.db.execute<{ id: string }>(
    sql`select id from accounts where username = ${someone} and domain is null`,
  )
  security = `/admin/accounts/${person.rows[0]?.id}/security`
  const [target] = person.rows
  const report = await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, warden, {
      targetId: target?.id as AccountId,
      statusIds: [own as StatusId],
      comment: 'Look at this',
    }),
  )
  reported = `/admin/reports/${report}`
  reportedAccount = `/admin/accounts/${target?.id}`
  const owner = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where username = ${another} and domain is null`,
  )
  const { id: anotherId } = owner.rows[0]!
  const rude = await status(t, anotherId, { text: 'Rude words' })
  const { strikeId } = await t.db.transaction((tx) =>
    actOnStatuses(tx, commandLine, anotherId, [rude], { action: 'delete_statuses', text: 'Be kind' }),
  )
  struck = strikeId!
  await appeal(t.app, anotherId, strikeId!, 'I was angry')
  const quiet = await localAccount(t, 'quiet')
  await t.db.transaction((tx) => strike(tx, commandLine, quiet, { action: 'silence' }))
  const hook = { url: 'https://hooks.pipit.test/a', events: ['report.created'] }
  webhook = `/admin/webhooks/${await t.db.transaction((tx) => makeWebhook(t.app, tx, commandLine, hook))}`
  await t.db.transaction(async (tx) => {
    await addRule(tx, commandLine, 'Be kind')
    await saveSettings(tx, commandLine, { minAge: 16 })
  })
  const inviter = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where username = ${someone} and domain is null`,
  )
  const { code } = await makeInvite(
    t.app,
    { accountId: inviter.rows[0]!.id, role: 'user' },
    { maxUses: 5, days: 7, follows: true, note: 'For the choir' },
  )
  invitation = code
  const accountId = inviter.rows[0]!.id
  const follows = await t.db.execute<{ id: AccountId }>(
    sql`select target_id as id from follows where follower_id = ${accountId} order by id limit 3`,
  )
  followed = follows.rows[0]?.id ?? ''
  list = `/lists/${await t.db.transaction(async (tx) => {
    const id = await createList(tx, accountId, { title: 'Choir' })
    await addToList(
      tx,
      accountId,
      id,
      follows.rows.map((row) => row.id),
    )
    return id
  })}`
  const tag = await t.db.execute<{ id: string; name: string }>(
    sql`select id, name from tags where is_open order by id limit 1`,
  )
  hashtag = `/admin/trends/tags/${tag.rows[0]?.id}`
  const name = tag.rows[0]?.name ?? ''
  tagPage = `/tags/${encodeURIComponent(name)}`
  await t.db.transaction((tx) => followTag(tx, accountId, { name, displayName: name }))
  await status(t, warden, { text: `@${someone} Between us`, visibility: 'direct' })
  const other = await status(t, warden, { text: 'The end of the film is' })
  filtered = other
  filter = `/settings/filters/${await t.db.transaction(async (tx) => {
    const id = await createFilter(tx, accountId, {
      title: 'Films',
      contexts: ['home'],
      keywords: [{ keyword: 'film' }],
    })
    await addStatus(tx, accountId, id, other)
    return id
  })}`
  collection = `/collections/${await t.db.transaction(async (tx) => {
    const id = await createCollection(tx, accountId, { name: 'Neighbours', description: 'Who live here' })
    await addToCollection(tx, accountId, id, accountId)
    return id
  })}`
  const [talk] = (await loadConversationPage(t.db, accountId, { limit: 1 })).views
  conversation = `/conversations/${talk?.id}`
  await t.db.execute(
    sql`insert into trending_tags (tag_id, score, is_allowed) values (${tag.rows[0]?.id}, 5, true) on conflict do nothing`,
  )
  await t.db.transaction((tx) => publishAnnouncement(tx, commandLine, { text: 'We move on Sunday, see #moving' }))
  await t.db.execute(sql`insert into cards (id, url, title) values (99, 'https://news.example/story', 'A story')`)
  await t.db.execute(sql`insert into trending_cards (card_id, score, is_allowed) values (99, 5, true)`)
  await t.db.execute(sql`insert into link_publishers (id, domain, is_trendable) values (99, 'news.example', false)`)
})

afterAll(() => site?.[Symbol.asyncDispose]())

type Axe = { run(options: object): Promise<{ violations: Found[] }> }
type Found = { id: string; nodes: { html: string; failureSummary: string }[] }

/** Violations of a page at each width and in each scheme, as short lines. */
async function violations(
  page: Page,
  paths: string[],
  wanted: { status?: number; opensAll?: boolean } = {},
): Promise<string[]> {
  const lines = new Set<string>()
  for (const path of paths) {
    const answer = await page.goto(site.base + path)
    if (answer?.status() !== (wanted.status ?? 200)) lines.add(`${path} answers ${answer?.status()}`)
    await page.evaluate(axe)
    if (wanted.opensAll)
      await page.evaluate(() => {
        for (const details of document.querySelectorAll<HTMLDetailsElement>('main details')) details.open = true
      })
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      for (const colorScheme of schemes) {
        // Colours that still change would be measured half-way.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const found = await page.evaluate(
          async (rules) => {
            const { violations } = await (window as unknown as { axe: Axe }).axe.run({
              resultTypes: ['violations'],
              ...(rules ? { runOnly: rules } : {}),
            })
            return violations
          },
          colorScheme === 'light' ? null : colourRules,
        )
        for (const { id, nodes } of found)
          lines.add(
            `${path} ${width} ${colorScheme} ${id} ${nodes.length}× ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary.replace(/\s+/g, ' ').slice(0, 250)}`,
          )
      }
    }
  }
  return [...lines]
}

/** axe-core is a script of the test, which the policy of the pages would refuse. */
const options = { javaScriptEnabled: true, bypassCSP: true }

test('axe-core finds nothing on pages for visitors', async () => {
  const page = await site.visitor(options)
  expect(
    await violations(page, [
      '/',
      '/explore',
      '/explore/tags',
      '/explore/links',
      '/explore/people',
      '/public?from=here&media=1',
      '/public',
      '/directory',
      '/links?url=https%3A%2F%2Fnews.example%2Fstory',
      '/about',
      '/about/transparency',
      '/privacy-policy',
      '/login',
      '/login/owner',
      '/signup',
      '/report',
      `/invite/${invitation}`,
      '/password',
      '/search',
      `/@${someone}`,
      `/@${someone}/with_replies`,
      `/@${someone}/media`,
      file,
      `/@${someone}/followers`,
      `/@${someone}/following`,
      `/@${remote}`,
      tagPage,
      '/@quiet',
      '/@quiet?show=1',
      post,
      `/remote-interaction/statuses/${own}?intent=reply`,
    ]),
  ).toEqual([])
  expect(await violations(page, ['/nothing-here'], { status: 404 })).toEqual([])
  // The instance has an owner, so the link to set it up no longer works.
  expect(await violations(page, [`/setup?token=${setupToken(site.t.app.secrets)}`], { status: 403 })).toEqual([])
})

test('axe-core finds nothing on pages for people who come by a provider for the first time', async () => {
  const page = await site.visitor(options)
  const browser = 'a'.repeat(43)
  await page.context().addCookies([{ name: 'pipit-sign-in', value: browser, url: site.base }])
  const first = { provider: 'acme', issuer: 'https://acme.test', subject: 'a', label: 'Somebody', username: 'somebody' }
  const data = { ...first, email: null, isEmailVerified: false, role: null, returnTo: '/', idToken: 'none' }
  const state = await startState(site.t.app, 'join', browser, data)
  expect(await violations(page, [`/login/join?state=${state}`])).toEqual([])
  expect(await violations(page, ['/login/join?state=none', '/login/acme/callback'], { status: 422 })).toEqual([])
})

test('axe-core finds nothing on pages where people who are logged in read and write', async () => {
  const page = await site.person(someone, options)
  expect(
    await violations(page, [
      '/',
      '/explore',
      '/explore/people',
      '/explore/links',
      '/public',
      '/announcements',
      `/year/${new Date().getUTCFullYear() - 1}`,
      '/search?q=nothing+has:nuts&type=statuses',
      '/more',
      '/compose',
      `/compose?quote=${own}`,
      '/notifications',
      '/notifications/requests',
      '/notifications/clear',
      '/notifications?show=favourites',
      '/settings/notifications',
      '/catch-up',
      '/catch-up?from=week',
      '/keyboard',
      '/follow-requests',
      '/bookmarks',
      '/lists',
      '/settings/filters',
      filter,
      `/statuses/${filtered}/filter`,
      '/collections',
      collection,
      `${collection}/edit?q=a`,
      `/@${someone}/collections`,
      '/conversations',
      conversation,
      '/compose?visibility=direct',
      tagPage,
      `${tagPage}?any=rain&media=1`,
      '/settings/hashtags',
      `${list}/edit?q=a`,
      list,
      `/accounts/${followed}/lists`,
      '/drafts',
      '/scheduled',
      '/approvals',
      '/approvals?show=accepted',
      '/settings/preferences',
      '/favourites',
      '/search?q=a',
      `/@${someone}`,
      `/@${another}`,
      `/@${another}/followers`,
      `/@${remote}`,
      file,
      post,
      `${post}/reactions`,
      `/statuses/${own}/react`,
      `/statuses/${own}/edit`,
      `/statuses/${own}/delete`,
      ...['why', 'delivery', 'boost'].map((end) => `/statuses/${own}/${end}`),
      ...['favourites', 'boosts', 'quotes'].map((end) => `${post}/${end}`),
      `${post}?warnings=open`,
    ]),
  ).toEqual([])
})

test('axe-core finds nothing on pages where people who are logged in settle things', async () => {
  const page = await site.person(someone, options)
  expect(
    await violations(page, [
      '/settings/profile',
      '/settings/account',
      '/settings/two-factor',
      '/settings/passkeys',
      '/settings/two-factor/app',
      '/settings/apps',
      '/settings/sessions',
      '/settings/security-log',
      '/settings/providers',
      '/settings/moving',
      '/settings/email',
      '/settings/tokens',
      '/prove',
      '/login?add=1',
      '/settings/invites',
      `/reports/new?account=${followed}`,
      '/settings/reports',
      ...['mute', 'note', 'following'].map((end) => `/accounts/${followed}/${end}`),
      '/settings/blocked-servers?domain=far.test',
      ...['follows', 'followers', 'mutes', 'blocks', 'severed'].map((end) => `/settings/${end}`),
      `/@${another}/featured`,
      `/@${another}/familiar_followers`,
      `/@${another}/tagged/meadow`,
    ]),
  ).toEqual([])
})

test('axe-core finds nothing on pages for moderators and owners', async () => {
  const page = await site.person('warden', options)
  expect(
    await violations(page, [
      '/admin',
      '/admin/reports',
      reported,
      `${reported}/suspend`,
      '/admin/applicants',
      '/admin/applicants/unconfirmed',
      '/admin/accounts',
      `/admin/accounts?q=${someone}&state=active&order=active`,
      `/admin/accounts/act?action=silence&search=%3Fq%3D${someone.slice(0, 1)}&matching=1`,
      '/admin/servers/rule?host=far.test',
      '/admin/accounts/reset-factors',
      security,
      security.replace('/security', '/suspend'),
      security.replace('/security', '/memorial'),
      security.replace('/security', '/reset-password'),
      '/admin/appeals',
      `/admin/appeals/${struck}`,
      '/admin/trends',
      '/admin/trends/publishers',
      '/admin/trends/tags?name=unheard',
      hashtag,
      '/admin/settings',
      '/admin/rules',
      '/admin/servers',
      '/admin/audit',
      '/admin/invites',
      '/admin/roles',
      '/admin/roles/new',
      '/admin/roles/-99',
      '/admin/webhooks',
      '/admin/webhooks/new',
      webhook,
      `${reportedAccount}/private`,
    ]),
  ).toEqual([])
})

test('axe-core finds nothing on the page of an account for staff, local and remote, with all that it can open', async () => {
  const page = await site.person('warden', options)
  const { rows } = await site.t.db.execute<{ id: string }>(sql`
    (select account_id::text as id from media where status_id is not null and account_id in (select account_id from users) order by id limit 1)
    union all (select id::text from accounts where domain is not null order by id limit 1)`)
  const paths = rows.map(({ id }) => `/admin/accounts/${id}`)
  expect(paths).toHaveLength(2)
  await page.goto(site.base + paths[0])
  expect(await page.locator('.file-grid li').count()).toBeGreaterThan(0)
  expect(await violations(page, [...paths, `${paths[0]}?done=unsuspend`], { opensAll: true })).toEqual([])
})
