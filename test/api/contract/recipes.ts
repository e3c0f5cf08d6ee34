/**
 * For each endpoint a request that must succeed. A recipe first makes the rows that the request needs, so that the endpoints can be
 * tried in any order.
 */
import { sql } from 'drizzle-orm'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { makeReport } from '#src/instance/annual-reports/make.ts'
import { reportRefreshId } from '#src/instance/annual-reports/reports.ts'
import { publishAnnouncement } from '#src/moderation/announcements.ts'
import { startRefresh } from '#src/platform/async-refreshes.ts'
import { newId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import type { Json } from '../server.ts'
import { accounts } from './admin/accounts.ts'
import { figures } from './admin/figures.ts'
import { rules } from './admin/rules.ts'
import type { Recipe } from './recipe.ts'
import { picture, subscription, type World } from './world.ts'

const at =
  (path: string, body?: object): Recipe =>
  () =>
    body ? { path, body } : { path }
const ofCarol =
  (rest = ''): Recipe =>
  (w) => ({ path: `/api/v1/accounts/${w.carol}${rest}` })
const person = async (w: World) => localAccount(w.t, `p${newId().slice(-12)}`)
const onPerson =
  (rest: string, body?: object): Recipe =>
  async (w) => ({ path: `/api/v1/accounts/${await person(w)}${rest}`, ...(body ? { body } : {}) })
const onFollowed =
  (rest: string, body?: object): Recipe =>
  async (w) => {
    const id = await person(w)
    await w.ask('POST', `/api/v1/accounts/${id}/follow`)
    return { path: `/api/v1/accounts/${id}${rest}`, ...(body ? { body } : {}) }
  }
const onPost =
  (rest: string, body?: object): Recipe =>
  async (w) => ({ path: `/api/v1/statuses/${await w.post()}${rest}`, ...(body ? { body } : {}) })
const onRemote =
  (rest: string): Recipe =>
  (w) => ({ path: `/api/v1/statuses/${w.remote}${rest}` })
const onList =
  (rest: string, body?: object): Recipe =>
  async (w) => ({ path: `/api/v1/lists/${await list(w)}${rest}`, ...(body ? { body } : {}) })
const list = async (w: World): Promise<string> => (await w.ask('POST', '/api/v1/lists', { title: 'Friends' })).id
const memberOf = async (w: World): Promise<{ list: string; member: string }> => {
  const [id, member] = [await list(w), await person(w)]
  await w.ask('POST', `/api/v1/accounts/${member}/follow`)
  return { list: id, member }
}
const filter = async (w: World): Promise<Json> =>
  w.ask('POST', '/api/v2/filters', {
    title: 'Rain',
    context: ['home'],
    keywords_attributes: [{ keyword: 'rain', whole_word: true }],
  })
const filteredStatus = async (w: World): Promise<{ filter: string; id: string }> => {
  const { id } = await filter(w)
  return { filter: id, id: (await w.ask('POST', `/api/v2/filters/${id}/statuses`, { status_id: await w.post() })).id }
}
const oldFilter = async (w: World): Promise<string> =>
  (await w.ask('POST', '/api/v1/filters', { phrase: 'snow', context: ['home'] })).id
const poll = { options: ['Yes', 'No'], expires_in: 3_600 }
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const scheduled = async (w: World): Promise<string> =>
  (await w.ask('POST', '/api/v1/statuses', { status: 'Later', scheduled_at: inAnHour() })).id
const collection = async (w: World): Promise<string> =>
  (await w.ask('POST', '/api/v1/collections', { name: 'Birders', description: 'Who knows birds' })).collection.id
const collectionItem = async (w: World): Promise<{ collection: string; item: string; member: string }> => {
  const [id, member] = [await collection(w), await person(w)]
  return {
    collection: id,
    member,
    item: (await w.ask('POST', `/api/v1/collections/${id}/items`, { account_id: member })).collection_item.id,
  }
}

/** A notification for alice: bob mentions her. */
async function notified(w: World): Promise<string> {
  await w.askAs(w.asBob, 'POST', '/api/v1/statuses', { status: '@alice Hello' })
  const [first] = await w.ask('GET', '/api/v1/notifications?types[]=mention&limit=1')
  return first.id
}

/** The key of a notification group: a stranger favourites a post of alice. */
async function group(w: World): Promise<string> {
  await w.askAs(w.asBob, 'POST', `/api/v1/statuses/${await w.post()}/favourite`)
  const { notification_groups: groups } = await w.ask('GET', '/api/v2/notifications?types[]=favourite&limit=1')
  return groups[0].group_key
}

/** A notification request: an account that alice does not follow mentions her, and her policy holds that back. */
async function held(w: World): Promise<string> {
  await w.ask('PATCH', '/api/v2/notifications/policy', { for_not_following: 'filter' })
  const stranger = await person(w)
  await status(w.t, stranger, { text: '@alice Hello' })
  await w.ask('PATCH', '/api/v2/notifications/policy', { for_not_following: 'accept' })
  const requests = await w.ask('GET', '/api/v1/notifications/requests')
  return requests.find((request: Json) => request.account.id === stranger).id
}

async function conversation(w: World): Promise<string> {
  await w.askAs(w.asBob, 'POST', '/api/v1/statuses', { status: '@alice Hush', visibility: 'direct' })
  const [first] = await w.ask('GET', '/api/v1/conversations?limit=1')
  return first.id
}

async function announced(w: World): Promise<string> {
  return w.t.db.transaction((tx) => publishAnnouncement(tx, commandLine, { text: 'We move on Sunday' }))
}

/** A follow request to alice. */
async function asked(w: World): Promise<string> {
  const stranger = await remoteAccount(w.t, `r${newId().slice(-12)}`)
  await w.t.db.execute(
    sql`insert into follow_requests (id, follower_id, target_id, uri) values (${newId()}, ${stranger}, ${w.alice}, ${`https://remote.test/follows/${newId()}`})`,
  )
  return stranger
}

async function tokenApp(w: World): Promise<{ client_id: string; client_secret: string }> {
  return (
    await w.call('POST', '/api/v1/apps', {
      body: { client_name: 'An app', redirect_uris: 'urn:ietf:wg:oauth:2.0:oob', scopes: 'read write' },
    })
  ).body
}

const pushing: Recipe = async (w) => {
  await w.ask('POST', '/api/v1/push/subscription', subscription())
  return { path: '/api/v1/push/subscription', body: { data: { alerts: { mention: false } } } }
}
const ownUnready: Recipe = async (w) => ({ path: `/api/v1/media/${await w.upload()}` })
const oAuthParams = 'response_type=code&client_id=x&redirect_uri=x'

export const recipes: Record<string, Recipe> = {
  ...accounts,
  ...rules,
  ...figures,
  'POST /oauth/token': async (w) => ({
    path: '/oauth/token',
    body: { grant_type: 'client_credentials', ...(await tokenApp(w)) },
    token: undefined,
  }),
  'POST /oauth/revoke': async (w) => ({
    path: '/oauth/revoke',
    body: { ...(await tokenApp(w)), token: 'unknown' },
    token: undefined,
  }),
  'GET /.well-known/oauth-authorization-server': at('/.well-known/oauth-authorization-server'),
  'GET /.well-known/webfinger': (w) => ({ path: `/.well-known/webfinger?resource=acct:alice@${new URL(w.url).host}` }),
  'GET /.well-known/nodeinfo': at('/.well-known/nodeinfo'),
  'GET /nodeinfo/2.0': at('/nodeinfo/2.0'),
  'GET /oauth/authorize': at(`/oauth/authorize?${oAuthParams}`),
  'POST /oauth/authorize': at('/oauth/authorize'),
  'DELETE /oauth/authorize': at(`/oauth/authorize?${oAuthParams}`),
  'GET /oauth/authorize/native': at('/oauth/authorize/native?code=abc'),
  'POST /api/v1/apps': at('/api/v1/apps', {
    client_name: 'An app',
    redirect_uris: ['urn:ietf:wg:oauth:2.0:oob', 'https://app.example/back'],
    scopes: 'read',
    website: 'https://app.example',
  }),
  'GET /api/v1/apps/verify_credentials': (w) => ({ path: '/api/v1/apps/verify_credentials', token: w.appToken }),
  'GET /invite/:invite_code': async (w) => {
    const { code } = await makeInvite(
      w.t.app,
      { accountId: w.alice, role: 'owner' },
      { maxUses: 1, days: 1, follows: false, note: '' },
    )
    return { path: `/invite/${code}`, headers: { Accept: 'application/json' } }
  },
  'POST /api/v1/accounts': (w) => ({
    path: '/api/v1/accounts',
    token: w.appToken,
    body: {
      username: `new${newId().slice(-10)}`,
      email: `new${newId()}@mail.test`,
      password: 'correct horse battery staple',
      agreement: true,
      locale: 'en',
    },
  }),
  'GET /api/v1/accounts/verify_credentials': at('/api/v1/accounts/verify_credentials'),
  'PATCH /api/v1/accounts/update_credentials': at('/api/v1/accounts/update_credentials', {
    display_name: 'Alice',
    fields_attributes: { '0': { name: 'Likes', value: 'https://birds.example' } },
  }),
  'GET /api/v1/accounts': (w) => ({ path: `/api/v1/accounts?id[]=${w.carol}&id[]=${w.alice}` }),
  'GET /api/v1/accounts/:id': ofCarol(),
  'GET /api/v1/accounts/:id/statuses': ofCarol('/statuses'),
  'GET /api/v1/accounts/:id/followers': ofCarol('/followers'),
  'GET /api/v1/accounts/:id/following': (w) => ({ path: `/api/v1/accounts/${w.alice}/following` }),
  'GET /api/v1/accounts/:id/identity_proofs': (w) => ({
    path: `/api/v1/accounts/${w.bob}/identity_proofs`,
    entity: '[IdentityProof]',
  }),
  'GET /api/v1/accounts/:id/featured_tags': async (w) => {
    await w.ask('POST', '/api/v1/featured_tags', { name: `tag${newId().slice(-6)}` })
    return { path: `/api/v1/accounts/${w.alice}/featured_tags` }
  },
  'GET /api/v1/accounts/:id/lists': async (w) => {
    const made = await memberOf(w)
    await w.ask('POST', `/api/v1/lists/${made.list}/accounts`, { account_ids: [made.member] })
    return { path: `/api/v1/accounts/${made.member}/lists` }
  },
  'GET /api/v1/accounts/:id/endorsements': async (w) => {
    await w.ask('POST', `/api/v1/accounts/${w.carol}/endorse`)
    return { path: `/api/v1/accounts/${w.alice}/endorsements` }
  },
  'GET /api/v1/accounts/:id/collections': async (w) => {
    await collectionItem(w)
    return { path: `/api/v1/accounts/${w.alice}/collections` }
  },
  'GET /api/v1/accounts/:id/in_collections': (w) => ({ path: `/api/v1/accounts/${w.alice}/in_collections` }),
  'POST /api/v1/accounts/:id/follow': onPerson('/follow', { reblogs: false, notify: true, languages: ['en'] }),
  'POST /api/v1/accounts/:id/unfollow': onFollowed('/unfollow'),
  'POST /api/v1/accounts/:id/remove_from_followers': onPerson('/remove_from_followers'),
  'POST /api/v1/accounts/:id/block': onPerson('/block'),
  'POST /api/v1/accounts/:id/unblock': onPerson('/unblock'),
  'POST /api/v1/accounts/:id/mute': onPerson('/mute', { duration: 3_600, notifications: true }),
  'POST /api/v1/accounts/:id/unmute': onPerson('/unmute'),
  'POST /api/v1/accounts/:id/endorse': onFollowed('/endorse'),
  'POST /api/v1/accounts/:id/unendorse': onFollowed('/unendorse'),
  'POST /api/v1/accounts/:id/pin': onFollowed('/pin'),
  'POST /api/v1/accounts/:id/unpin': onFollowed('/unpin'),
  'POST /api/v1/accounts/:id/note': onPerson('/note', { comment: 'Met at the bakery' }),
  'GET /api/v1/accounts/relationships': (w) => ({
    path: `/api/v1/accounts/relationships?id[]=${w.carol}&id[]=${w.bob}`,
  }),
  'GET /api/v1/accounts/familiar_followers': (w) => ({ path: `/api/v1/accounts/familiar_followers?id[]=${w.carol}` }),
  'GET /api/v1/accounts/search': at('/api/v1/accounts/search?q=carol'),
  'GET /api/v1/accounts/lookup': at('/api/v1/accounts/lookup?acct=carol@remote.test'),
  'POST /api/v1/statuses': at('/api/v1/statuses', {
    status: 'Which? #birds',
    poll,
    visibility: 'public',
    language: 'en',
  }),
  'GET /api/v1/statuses': async (w) => ({ path: `/api/v1/statuses?id[]=${w.remote}&id[]=${await w.post()}` }),
  'GET /api/v1/statuses/:id': async (w) => ({
    path: `/api/v1/statuses/${await w.post('Look', { quoted_status_id: await w.post() })}`,
  }),
  'PUT /api/v1/statuses/:id': onPost('', { status: 'Better words', spoiler_text: 'words' }),
  'DELETE /api/v1/statuses/:id': async (w) => ({
    path: `/api/v1/statuses/${await w.post('With a picture', { media_ids: [await w.upload()] })}`,
  }),
  'GET /api/v1/statuses/:id/context': async (w) => {
    await w.post('A reply', { in_reply_to_id: w.remote })
    return { path: `/api/v1/statuses/${w.remote}/context` }
  },
  'POST /api/v1/statuses/:id/translate': async (w) => ({
    path: `/api/v1/statuses/${await w.post('Good morning', { language: 'en' })}/translate`,
    body: { lang: 'de' },
  }),
  'GET /api/v1/statuses/:id/reblogged_by': async (w) => {
    await w.ask('POST', `/api/v1/statuses/${w.remote}/reblog`)
    return { path: `/api/v1/statuses/${w.remote}/reblogged_by` }
  },
  'GET /api/v1/statuses/:id/favourited_by': async (w) => {
    await w.ask('POST', `/api/v1/statuses/${w.remote}/favourite`)
    return { path: `/api/v1/statuses/${w.remote}/favourited_by` }
  },
  'GET /api/v1/statuses/:id/quotes': async (w) => {
    const id = await w.post()
    await w.post('See', { quoted_status_id: id })
    return { path: `/api/v1/statuses/${id}/quotes` }
  },
  'POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke': async (w) => {
    const id = await w.post()
    const quoting = await w.askAs(w.asBob, 'POST', '/api/v1/statuses', { status: 'See', quoted_status_id: id })
    return { path: `/api/v1/statuses/${id}/quotes/${quoting.id}/revoke` }
  },
  'PUT /api/v1/statuses/:id/interaction_policy': onPost('/interaction_policy', { quote_approval_policy: 'followers' }),
  'POST /api/v1/statuses/:id/favourite': onRemote('/favourite'),
  'POST /api/v1/statuses/:id/unfavourite': onRemote('/unfavourite'),
  'POST /api/v1/statuses/:id/reblog': onRemote('/reblog'),
  'POST /api/v1/statuses/:id/unreblog': onRemote('/unreblog'),
  'POST /api/v1/statuses/:id/bookmark': onRemote('/bookmark'),
  'POST /api/v1/statuses/:id/unbookmark': onRemote('/unbookmark'),
  'POST /api/v1/statuses/:id/mute': onRemote('/mute'),
  'POST /api/v1/statuses/:id/unmute': onRemote('/unmute'),
  'POST /api/v1/statuses/:id/pin': onPost('/pin'),
  'POST /api/v1/statuses/:id/unpin': onPost('/unpin'),
  'GET /api/v1/statuses/:id/history': async (w) => {
    const id = await w.post('First', { poll })
    await w.ask('PUT', `/api/v1/statuses/${id}`, { status: 'Second', media_ids: [await w.upload()] })
    return { path: `/api/v1/statuses/${id}/history` }
  },
  'GET /api/v1/statuses/:id/source': onPost('/source'),
  'POST /api/v2/media': async () => ({ path: '/api/v2/media', body: await picture() }),
  'POST /api/v1/media': async () => ({ path: '/api/v1/media', body: await picture() }),
  'GET /api/v1/media/:id': ownUnready,
  'PUT /api/v1/media/:id': async (w) => ({
    path: `/api/v1/media/${await w.upload()}`,
    body: { description: 'A blue rectangle', focus: '0.5,-0.5' },
  }),
  'DELETE /api/v1/media/:id': ownUnready,
  'GET /api/v1/polls/:id': async (w) => ({
    path: `/api/v1/polls/${(await w.ask('POST', '/api/v1/statuses', { status: 'Which?', poll: { ...poll, hide_totals: true } })).poll.id}`,
  }),
  'POST /api/v1/polls/:id/votes': async (w) => ({
    path: `/api/v1/polls/${(await w.askAs(w.asBob, 'POST', '/api/v1/statuses', { status: 'Which?', poll })).poll.id}/votes`,
    body: { choices: ['0'] },
  }),
  'GET /api/v1/scheduled_statuses': async (w) => {
    await scheduled(w)
    return { path: '/api/v1/scheduled_statuses' }
  },
  'GET /api/v1/scheduled_statuses/:id': async (w) => ({ path: `/api/v1/scheduled_statuses/${await scheduled(w)}` }),
  'PUT /api/v1/scheduled_statuses/:id': async (w) => ({
    path: `/api/v1/scheduled_statuses/${await scheduled(w)}`,
    body: { scheduled_at: inAnHour() },
  }),
  'DELETE /api/v1/scheduled_statuses/:id': async (w) => ({ path: `/api/v1/scheduled_statuses/${await scheduled(w)}` }),
  'GET /api/v1/timelines/home': at('/api/v1/timelines/home'),
  'GET /api/v1/timelines/public': at('/api/v1/timelines/public'),
  'GET /api/v1/timelines/tag/:hashtag': at('/api/v1/timelines/tag/birds?any[]=trains&none[]=rain'),
  'GET /api/v1/timelines/list/:list_id': async (w) => {
    const made = await list(w)
    await w.ask('POST', `/api/v1/lists/${made}/accounts`, { account_ids: [w.carol] })
    return { path: `/api/v1/timelines/list/${made}` }
  },
  'GET /api/v1/timelines/link': async (w) => {
    const {
      rows: [card],
    } = await w.t.db.execute<{ id: string; url: string }>(
      sql`select c.id, c.url from cards c where c.is_usable order by c.id limit 1`,
    )
    await w.t.db.execute(
      sql`insert into trending_cards (card_id, score, is_allowed) values (${card?.id}, 1, true) on conflict (card_id) do update set is_allowed = true`,
    )
    return { path: `/api/v1/timelines/link?url=${encodeURIComponent(card?.url ?? '')}` }
  },
  'GET /api/v1/conversations': async (w) => {
    await conversation(w)
    return { path: '/api/v1/conversations' }
  },
  'DELETE /api/v1/conversations/:id': async (w) => ({ path: `/api/v1/conversations/${await conversation(w)}` }),
  'POST /api/v1/conversations/:id/read': async (w) => ({ path: `/api/v1/conversations/${await conversation(w)}/read` }),
  'GET /api/v1/lists': async (w) => {
    await list(w)
    return { path: '/api/v1/lists' }
  },
  'GET /api/v1/lists/:id': onList(''),
  'POST /api/v1/lists': at('/api/v1/lists', { title: 'News', replies_policy: 'followed', exclusive: true }),
  'PUT /api/v1/lists/:id': onList('', { title: 'Neighbours' }),
  'DELETE /api/v1/lists/:id': onList(''),
  'GET /api/v1/lists/:id/accounts': async (w) => {
    const made = await memberOf(w)
    await w.ask('POST', `/api/v1/lists/${made.list}/accounts`, { account_ids: [made.member] })
    return { path: `/api/v1/lists/${made.list}/accounts` }
  },
  'POST /api/v1/lists/:id/accounts': async (w) => {
    const made = await memberOf(w)
    return { path: `/api/v1/lists/${made.list}/accounts`, body: { account_ids: [made.member] } }
  },
  'DELETE /api/v1/lists/:id/accounts': async (w) => {
    const made = await memberOf(w)
    await w.ask('POST', `/api/v1/lists/${made.list}/accounts`, { account_ids: [made.member] })
    return { path: `/api/v1/lists/${made.list}/accounts`, body: { account_ids: [made.member] } }
  },
  'GET /api/v1/markers': async (w) => {
    await w.ask('POST', '/api/v1/markers', { home: { last_read_id: w.remote } })
    return { path: '/api/v1/markers?timeline[]=home&timeline[]=notifications' }
  },
  'POST /api/v1/markers': at('/api/v1/markers', { notifications: { last_read_id: '5' } }),
  'GET /api/v1/notifications': async (w) => {
    await notified(w)
    return { path: '/api/v1/notifications' }
  },
  'GET /api/v1/notifications/:id': async (w) => ({ path: `/api/v1/notifications/${await notified(w)}` }),
  'POST /api/v1/notifications/clear': at('/api/v1/notifications/clear'),
  'POST /api/v1/notifications/:id/dismiss': async (w) => ({
    path: `/api/v1/notifications/${await notified(w)}/dismiss`,
  }),
  'GET /api/v1/notifications/unread_count': at('/api/v1/notifications/unread_count'),
  'GET /api/v2/notifications/policy': at('/api/v2/notifications/policy'),
  'PATCH /api/v2/notifications/policy': at('/api/v2/notifications/policy', { for_new_accounts: 'accept' }),
  'GET /api/v1/notifications/requests': async (w) => {
    await held(w)
    return { path: '/api/v1/notifications/requests' }
  },
  'GET /api/v1/notifications/requests/:id': async (w) => ({ path: `/api/v1/notifications/requests/${await held(w)}` }),
  'POST /api/v1/notifications/requests/:id/accept': async (w) => ({
    path: `/api/v1/notifications/requests/${await held(w)}/accept`,
  }),
  'POST /api/v1/notifications/requests/:id/dismiss': async (w) => ({
    path: `/api/v1/notifications/requests/${await held(w)}/dismiss`,
  }),
  'POST /api/v1/notifications/requests/accept': async (w) => ({
    path: '/api/v1/notifications/requests/accept',
    body: { id: [await held(w)] },
  }),
  'POST /api/v1/notifications/requests/dismiss': async (w) => ({
    path: '/api/v1/notifications/requests/dismiss',
    body: { id: [await held(w)] },
  }),
  'GET /api/v1/notifications/requests/merged': at('/api/v1/notifications/requests/merged'),
  'GET /api/v2/notifications': async (w) => {
    await group(w)
    return { path: '/api/v2/notifications' }
  },
  'GET /api/v2/notifications/:group_key': async (w) => ({ path: `/api/v2/notifications/${await group(w)}` }),
  'POST /api/v2/notifications/:group_key/dismiss': async (w) => ({
    path: `/api/v2/notifications/${await group(w)}/dismiss`,
  }),
  'GET /api/v2/notifications/:group_key/accounts': async (w) => ({
    path: `/api/v2/notifications/${await group(w)}/accounts`,
  }),
  'GET /api/v2/notifications/unread_count': at('/api/v2/notifications/unread_count'),
  'POST /api/v1/push/subscription': () => ({ path: '/api/v1/push/subscription', body: subscription() }),
  'GET /api/v1/push/subscription': async (w) => ({ path: (await pushing(w)).path }),
  'PUT /api/v1/push/subscription': pushing,
  'DELETE /api/v1/push/subscription': async (w) => ({ path: (await pushing(w)).path }),
  'GET /api/v2/search': at('/api/v2/search?q=birds'),
  'GET /api/v1/trends/tags': at('/api/v1/trends/tags'),
  'GET /api/v1/trends/statuses': at('/api/v1/trends/statuses'),
  'GET /api/v1/trends/links': at('/api/v1/trends/links'),
  'GET /api/v2/suggestions': at('/api/v2/suggestions'),
  'DELETE /api/v1/suggestions/:account_id': (w) => ({ path: `/api/v1/suggestions/${w.bob}` }),
  'GET /api/v1/directory': at('/api/v1/directory?order=new&local=true'),
  'GET /api/v2/instance': at('/api/v2/instance'),
  'GET /api/v1/instance': at('/api/v1/instance'),
  'GET /api/v1/instance/rules': at('/api/v1/instance/rules'),
  'GET /api/v1/instance/extended_description': at('/api/v1/instance/extended_description'),
  'GET /api/v1/instance/privacy_policy': at('/api/v1/instance/privacy_policy'),
  'GET /api/v1/instance/terms_of_service': at('/api/v1/instance/terms_of_service'),
  'GET /api/v1/instance/translation_languages': at('/api/v1/instance/translation_languages'),
  'GET /api/v1/custom_emojis': at('/api/v1/custom_emojis'),
  'GET /api/v1/announcements': async (w) => {
    await announced(w)
    return { path: '/api/v1/announcements' }
  },
  'POST /api/v1/announcements/:id/dismiss': async (w) => ({
    path: `/api/v1/announcements/${await announced(w)}/dismiss`,
  }),
  'PUT /api/v1/announcements/:id/reactions/:name': async (w) => ({
    path: `/api/v1/announcements/${await announced(w)}/reactions/${encodeURIComponent('🐦')}`,
  }),
  'DELETE /api/v1/announcements/:id/reactions/:name': async (w) => {
    const path = `/api/v1/announcements/${await announced(w)}/reactions/${encodeURIComponent('🐦')}`
    await w.ask('PUT', path)
    return { path }
  },
  'GET /api/v2/filters': async (w) => {
    await filter(w)
    return { path: '/api/v2/filters' }
  },
  'GET /api/v2/filters/:id': async (w) => ({ path: `/api/v2/filters/${(await filter(w)).id}` }),
  'POST /api/v2/filters': at('/api/v2/filters', {
    title: 'Snow',
    context: ['home', 'thread'],
    filter_action: 'blur',
    expires_in: 3_600,
  }),
  'PUT /api/v2/filters/:id': async (w) => ({
    path: `/api/v2/filters/${(await filter(w)).id}`,
    body: { title: 'Weather', context: ['public'] },
  }),
  'DELETE /api/v2/filters/:id': async (w) => ({ path: `/api/v2/filters/${(await filter(w)).id}` }),
  'GET /api/v2/filters/:filter_id/keywords': async (w) => ({
    path: `/api/v2/filters/${(await filter(w)).id}/keywords`,
  }),
  'POST /api/v2/filters/:filter_id/keywords': async (w) => ({
    path: `/api/v2/filters/${(await filter(w)).id}/keywords`,
    body: { keyword: 'hail' },
  }),
  'GET /api/v2/filters/keywords/:id': async (w) => ({
    path: `/api/v2/filters/keywords/${(await filter(w)).keywords[0].id}`,
  }),
  'PUT /api/v2/filters/keywords/:id': async (w) => ({
    path: `/api/v2/filters/keywords/${(await filter(w)).keywords[0].id}`,
    body: { keyword: 'sleet' },
  }),
  'DELETE /api/v2/filters/keywords/:id': async (w) => ({
    path: `/api/v2/filters/keywords/${(await filter(w)).keywords[0].id}`,
  }),
  'GET /api/v2/filters/:filter_id/statuses': async (w) => ({
    path: `/api/v2/filters/${(await filteredStatus(w)).filter}/statuses`,
  }),
  'POST /api/v2/filters/:filter_id/statuses': async (w) => ({
    path: `/api/v2/filters/${(await filter(w)).id}/statuses`,
    body: { status_id: await w.post() },
  }),
  'GET /api/v2/filters/statuses/:id': async (w) => ({
    path: `/api/v2/filters/statuses/${(await filteredStatus(w)).id}`,
  }),
  'DELETE /api/v2/filters/statuses/:id': async (w) => ({
    path: `/api/v2/filters/statuses/${(await filteredStatus(w)).id}`,
  }),
  'GET /api/v1/filters': async (w) => {
    await filter(w)
    return { path: '/api/v1/filters' }
  },
  'GET /api/v1/filters/:id': async (w) => ({ path: `/api/v1/filters/${await oldFilter(w)}` }),
  'POST /api/v1/filters': at('/api/v1/filters', {
    phrase: 'fog',
    context: ['home'],
    irreversible: true,
    whole_word: true,
  }),
  'PUT /api/v1/filters/:id': async (w) => ({
    path: `/api/v1/filters/${await oldFilter(w)}`,
    body: { phrase: 'mist', context: ['home'] },
  }),
  'DELETE /api/v1/filters/:id': async (w) => ({ path: `/api/v1/filters/${await oldFilter(w)}` }),
  'GET /api/v1/follow_requests': async (w) => {
    await asked(w)
    return { path: '/api/v1/follow_requests' }
  },
  'POST /api/v1/follow_requests/:account_id/authorize': async (w) => ({
    path: `/api/v1/follow_requests/${await asked(w)}/authorize`,
  }),
  'POST /api/v1/follow_requests/:account_id/reject': async (w) => ({
    path: `/api/v1/follow_requests/${await asked(w)}/reject`,
  }),
  'GET /api/v1/blocks': async (w) => {
    await w.ask('POST', `/api/v1/accounts/${await person(w)}/block`)
    return { path: '/api/v1/blocks' }
  },
  'GET /api/v1/mutes': async (w) => {
    await w.ask('POST', `/api/v1/accounts/${await person(w)}/mute`, { duration: 600 })
    return { path: '/api/v1/mutes' }
  },
  'GET /api/v1/domain_blocks': async (w) => {
    await w.ask('POST', '/api/v1/domain_blocks', { domain: 'spam.test' })
    return { path: '/api/v1/domain_blocks' }
  },
  'POST /api/v1/domain_blocks': at('/api/v1/domain_blocks', { domain: 'noise.test' }),
  'DELETE /api/v1/domain_blocks': async (w) => {
    await w.ask('POST', '/api/v1/domain_blocks', { domain: 'quiet.test' })
    return { path: '/api/v1/domain_blocks', body: { domain: 'quiet.test' } }
  },
  'GET /api/v1/bookmarks': async (w) => {
    await w.ask('POST', `/api/v1/statuses/${w.remote}/bookmark`)
    return { path: '/api/v1/bookmarks' }
  },
  'GET /api/v1/favourites': async (w) => {
    await w.ask('POST', `/api/v1/statuses/${w.remote}/favourite`)
    return { path: '/api/v1/favourites' }
  },
  'GET /api/v1/tags/:name': at('/api/v1/tags/Birds'),
  'POST /api/v1/tags/:name/follow': at('/api/v1/tags/birds/follow'),
  'POST /api/v1/tags/:name/unfollow': at('/api/v1/tags/birds/unfollow'),
  'POST /api/v1/tags/:name/feature': at('/api/v1/tags/birds/feature'),
  'POST /api/v1/tags/:name/unfeature': at('/api/v1/tags/birds/unfeature'),
  'GET /api/v1/followed_tags': async (w) => {
    await w.ask('POST', '/api/v1/tags/trains/follow')
    return { path: '/api/v1/followed_tags' }
  },
  'GET /api/v1/featured_tags': async (w) => {
    await w.ask('POST', '/api/v1/tags/moss/feature')
    return { path: '/api/v1/featured_tags' }
  },
  'POST /api/v1/featured_tags': () => ({ path: '/api/v1/featured_tags', body: { name: `t${newId().slice(-8)}` } }),
  'DELETE /api/v1/featured_tags/:id': async (w) => ({
    path: `/api/v1/featured_tags/${(await w.ask('POST', '/api/v1/featured_tags', { name: `t${newId().slice(-8)}` })).id}`,
  }),
  'GET /api/v1/featured_tags/suggestions': async (w) => {
    await w.post('All about #ferns')
    return { path: '/api/v1/featured_tags/suggestions' }
  },
  'GET /api/v1/preferences': at('/api/v1/preferences'),
  'GET /api/v1/profile': at('/api/v1/profile'),
  'PATCH /api/v1/profile': at('/api/v1/profile', {
    note: 'Birds.',
    show_media: false,
    attribution_domains: ['birds.example'],
  }),
  'DELETE /api/v1/profile/avatar': at('/api/v1/profile/avatar'),
  'DELETE /api/v1/profile/header': at('/api/v1/profile/header'),
  'POST /api/v1/reports': (w) => ({
    path: '/api/v1/reports',
    body: { account_id: w.carol, status_ids: [w.remote], comment: 'Spam', category: 'spam', forward: false },
  }),
  'POST /api/v1/emails/confirmations': async (w) => ({
    path: '/api/v1/emails/confirmations',
    token: await unconfirmed(w),
    body: { email: `again${newId()}@mail.test` },
  }),
  'POST /api/v1/collections': at('/api/v1/collections', {
    name: 'Gardeners',
    description: 'Green',
    discoverable: true,
    sensitive: false,
    tag_name: 'garden',
  }),
  'GET /api/v1/collections/:id': async (w) => ({ path: `/api/v1/collections/${(await collectionItem(w)).collection}` }),
  'PATCH /api/v1/collections/:id': async (w) => ({
    path: `/api/v1/collections/${await collection(w)}`,
    body: { name: 'Ornithologists' },
  }),
  'DELETE /api/v1/collections/:id': async (w) => ({ path: `/api/v1/collections/${await collection(w)}` }),
  'POST /api/v1/collections/:collection_id/items': async (w) => ({
    path: `/api/v1/collections/${await collection(w)}/items`,
    body: { account_id: await person(w) },
  }),
  'DELETE /api/v1/collections/:collection_id/items/:id': async (w) => {
    const made = await collectionItem(w)
    return { path: `/api/v1/collections/${made.collection}/items/${made.item}` }
  },
  'POST /api/v1/collections/:collection_id/items/:id/revoke': async (w) => {
    const { collection: theirs } = await w.askAs(w.asBob, 'POST', '/api/v1/collections', { name: 'Of bob' })
    const { collection_item: item } = await w.askAs(w.asBob, 'POST', `/api/v1/collections/${theirs.id}/items`, {
      account_id: w.alice,
    })
    return { path: `/api/v1/collections/${theirs.id}/items/${item.id}/revoke` }
  },
  'GET /api/v1/streaming/health': at('/api/v1/streaming/health'),
  'GET /api/v1/streaming': at('/api/v1/streaming'),
  'GET /api/v1/streaming/user': at('/api/v1/streaming/user'),
  'GET /api/v1/streaming/user/notification': at('/api/v1/streaming/user/notification'),
  'GET /api/v1/streaming/public': at('/api/v1/streaming/public'),
  'GET /api/v1/streaming/public/local': at('/api/v1/streaming/public/local'),
  'GET /api/v1/streaming/hashtag': at('/api/v1/streaming/hashtag?tag=birds'),
  'GET /api/v1/streaming/list': async (w) => ({ path: `/api/v1/streaming/list?list=${await list(w)}` }),
  'GET /api/v1/streaming/direct': at('/api/v1/streaming/direct'),
  'GET /api/v1/instance/domain_blocks': at('/api/v1/instance/domain_blocks'),
  'GET /oauth/userinfo': at('/oauth/userinfo'),
  'POST /oauth/userinfo': at('/oauth/userinfo'),
  'GET /.well-known/host-meta': at('/.well-known/host-meta'),
  'GET /.well-known/change-password': at('/.well-known/change-password'),
  'GET /health': () => ({ path: '/health', headers: { Accept: 'application/json' } }),
  'GET /api/oembed': async (w) => ({
    path: `/api/oembed?url=${encodeURIComponent((await w.ask('GET', `/api/v1/statuses/${await w.post()}`)).url)}&maxwidth=300`,
  }),
  'GET /api/v1/statuses/:id/card': async (w) => {
    const {
      rows: [linking],
    } = await w.t.db.execute<{ id: string }>(sql`
      select s.id from statuses s join status_cards sc on sc.status_id = s.id join cards c on c.id = sc.card_id where c.is_usable and s.visibility = 'public' order by s.id limit 1`)
    return { path: `/api/v1/statuses/${linking?.id}/card` }
  },
  'GET /api/v1/timelines/direct': async (w) => {
    await conversation(w)
    return { path: '/api/v1/timelines/direct' }
  },
  'POST /api/v1/conversations/:id/unread': async (w) => ({
    path: `/api/v1/conversations/${await conversation(w)}/unread`,
  }),
  'POST /api/v1/notifications/dismiss': async (w) => ({
    path: '/api/v1/notifications/dismiss',
    body: { id: await notified(w) },
  }),
  'DELETE /api/v1/notifications/:id': async (w) => ({ path: `/api/v1/notifications/${await notified(w)}` }),
  'DELETE /api/v1/notifications/destroy_multiple': async (w) => ({
    path: '/api/v1/notifications/destroy_multiple',
    body: { ids: [await notified(w)] },
  }),
  'GET /api/v1/notifications/policy': at('/api/v1/notifications/policy'),
  'PUT /api/v1/notifications/policy': at('/api/v1/notifications/policy', { filter_new_accounts: false }),
  'POST /api/v2/notifications/clear': at('/api/v2/notifications/clear'),
  'GET /api/v1/search': at('/api/v1/search?q=birds'),
  'GET /api/v1/trends': at('/api/v1/trends'),
  'GET /api/v1/suggestions': at('/api/v1/suggestions'),
  'GET /api/v1/instance/peers': at('/api/v1/instance/peers'),
  'GET /api/v1/instance/activity': at('/api/v1/instance/activity'),
  'GET /api/v1/instance/terms_of_service/:date': async (w) => ({
    path: `/api/v1/instance/terms_of_service/${(await w.ask('GET', '/api/v1/instance/terms_of_service')).effective_date}`,
  }),
  'GET /api/v1/instance/languages': at('/api/v1/instance/languages'),
  'GET /api/v1/peers/search': at('/api/v1/peers/search?q=remote'),
  'GET /api/v1/donation_campaigns': at('/api/v1/donation_campaigns?locale=en&seed=1'),
  'GET /api/v1/domain_blocks/preview': at('/api/v1/domain_blocks/preview?domain=remote.test'),
  'GET /api/v1/endorsements': async (w) => {
    await w.ask('POST', `/api/v1/accounts/${w.carol}/endorse`)
    return { path: '/api/v1/endorsements' }
  },
  'GET /api/v1/emails/check_confirmation': async (w) => ({
    path: '/api/v1/emails/check_confirmation',
    token: await unconfirmed(w),
  }),
  'GET /api/v1/annual_reports': async (w) => {
    await looksBack(w)
    return { path: '/api/v1/annual_reports' }
  },
  'GET /api/v1/annual_reports/:year': async (w) => ({ path: `/api/v1/annual_reports/${await looksBack(w)}` }),
  'GET /api/v1/annual_reports/:year/state': async (w) => ({
    path: `/api/v1/annual_reports/${await looksBack(w)}/state`,
  }),
  'POST /api/v1/annual_reports/:year/read': async (w) => ({
    path: `/api/v1/annual_reports/${await looksBack(w)}/read`,
  }),
  'POST /api/v1/annual_reports/:year/generate': async (w) => ({
    path: `/api/v1/annual_reports/${await looksBack(w)}/generate`,
  }),
  'GET /api/v1_alpha/async_refreshes/:id': async (w) => {
    const { id } = await w.t.db.transaction((tx) => startRefresh(tx, reportRefreshId(w.t.app, w.alice, 2_000)))
    return { path: `/api/v1_alpha/async_refreshes/${id}` }
  },
  'GET /api/v1/streaming/public/remote': at('/api/v1/streaming/public/remote'),
  'GET /api/v1/streaming/hashtag/local': at('/api/v1/streaming/hashtag/local?tag=birds'),
}

/** A year with an annual report of alice. */
async function looksBack(w: World): Promise<number> {
  const { id } = await w.ask('POST', '/api/v1/statuses', { status: 'What a #year' })
  await w.askAs(w.asBob, 'POST', `/api/v1/statuses/${id}/reblog`)
  const year = new Date().getUTCFullYear()
  await makeReport(w.t.app, w.alice, year)
  return year
}

/** Endpoints that Pipit lacks, and why: apps learn that from the answer 404. */
export const missing: Record<string, string> = {
  'POST /api/v1/accounts/:id/email_subscriptions': 'Nobody can read posts by e-mail.',
  'GET /api/proofs': 'Mastodon removed it.',
  'GET /api/v2_alpha/notifications': 'Mastodon removed it: a form of version 2 that was never released.',
  'GET /api/v2_alpha/notifications/:group_key': 'Mastodon removed it: a form of version 2 that was never released.',
  'POST /api/v2_alpha/notifications/:group_key/dismiss':
    'Mastodon removed it: a form of version 2 that was never released.',
  'GET /api/v2_alpha/notifications/unread_count': 'Mastodon removed it: a form of version 2 that was never released.',
  'PUT /api/web/settings': 'For the scripts of Mastodon’s own website, by its cookie.',
  'GET /api/web/embeds/:id': 'For the scripts of Mastodon’s own website.',
  'POST /api/web/push_subscriptions': 'For the scripts of Mastodon’s own website, by its cookie.',
  'PUT /api/web/push_subscriptions/:id': 'For the scripts of Mastodon’s own website, by its cookie.',
  'DELETE /api/web/push_subscriptions/:id': 'For the scripts of Mastodon’s own website, by its cookie.',
}

/** The token of an account that signed up by an app and is not confirmed yet. */
async function unconfirmed(w: World): Promise<string> {
  const body = {
    username: `late${newId().slice(-10)}`,
    email: `late${newId()}@mail.test`,
    password: 'correct horse battery staple',
    agreement: true,
    locale: 'en',
  }
  return (await w.askAs(w.appToken, 'POST', '/api/v1/accounts', body)).access_token
}
