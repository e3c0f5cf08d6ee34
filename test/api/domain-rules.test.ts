import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { limitFederation, setDomainRule } from '#src/moderation/domains.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { localAccount, makeFollow, remoteAccount } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { serve, tokenOf } from './server.ts'

test('limited and suspended servers are listed for the chosen audience, with obfuscated names if the rule says so', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'), ['read'])
  await t.db.transaction(async (tx) => {
    await setDomainRule(tx, commandLine, t.app.uris, 'loud.example', { severity: 'silence', publicComment: 'Loud' })
    await setDomainRule(tx, commandLine, t.app.uris, 'bad.example.com', {
      severity: 'suspend',
      publicComment: 'Spam',
      privateComment: 'Secret',
      isObfuscated: true,
    })
    await setDomainRule(tx, commandLine, t.app.uris, 'media.example', { severity: 'noop', rejectsMedia: true })
  })
  const path = '/api/v1/instance/domain_blocks'
  expect((await server.call('GET', path, { token })).status).toBe(404)

  await t.db.transaction((tx) => saveSettings(tx, commandLine, { showsDomainRules: 'users' }))
  expect((await server.call('GET', path)).status).toBe(404)
  const digest = (domain: string) => createHash('sha256').update(domain).digest('hex')
  const rules = [
    { domain: 'bad.*******.com', digest: digest('bad.example.com'), severity: 'suspend' },
    { domain: 'loud.example', digest: digest('loud.example'), severity: 'silence' },
  ]
  expect(await server.get(path, '[DomainBlock]', token)).toEqual(rules)
  await t.db.transaction((tx) =>
    saveSettings(tx, commandLine, { showsDomainRules: 'all', showsDomainReasons: 'users' }),
  )
  expect(await server.get(path, '[DomainBlock]')).toEqual(rules)
  expect((await server.get(path, '[DomainBlock]', token)).map(({ comment }: { comment: string }) => comment)).toEqual([
    'Spam',
    'Loud',
  ])

  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
    configuration: { limited_federation: false },
  })
  await t.db.transaction((tx) => limitFederation(tx, commandLine, true))
  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
    configuration: { limited_federation: true },
  })
})

test('apps list the follows that were lost to the suspension of a server', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice, ['read'])
  await makeFollow(t, alice, await remoteAccount(t, 'carol'))
  await t.db.transaction((tx) => blockDomain(tx, t.app.uris, alice, 'remote.test'))
  await runJobs(t)
  const event = {
    type: 'user_domain_block',
    purged: false,
    target_name: 'remote.test',
    followers_count: 0,
    following_count: 1,
  }
  expect(await server.get('/api/v1/notifications', '[Notification]', token)).toMatchObject([
    { type: 'severed_relationships', account: { username: 'alice' }, event },
  ])
  expect(
    (await server.get('/api/v2/notifications', 'GroupedNotificationsResults', token)).notification_groups,
  ).toMatchObject([{ type: 'severed_relationships', event }])
})
