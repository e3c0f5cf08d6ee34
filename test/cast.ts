/** People and posts for tests, made by the use cases that make real ones. */
import { sql } from 'drizzle-orm'
import { inject } from 'vitest'
import { receiveRemoteAccount } from '#src/accounts/receive.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { register, type RegistrationOptions } from '#src/accounts/sign-up/register.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { acceptFollow, follow } from '#src/relationships/follow.ts'
import { prepareStatus, type StatusInput } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { receiveRemoteStatus } from '#src/statuses/receive/receive.ts'
import type { RemoteStatus } from '#src/statuses/receive/remote-status.ts'
import type { TestDatabase } from './database.ts'
import { password } from './password.ts'

export { password }

let made = 0

/** A local account, confirmed and approved. */
export async function localAccount(
  t: TestDatabase,
  username: string,
  options: RegistrationOptions = {},
): Promise<AccountId> {
  const { passwordHash, keys } = inject('people')
  const registration = {
    username,
    email: `${username}@mail.test`,
    passwordHash,
    reason: null,
    locale: null,
    timeZone: null,
    keys: keys[made++ % keys.length] ?? [],
  }
  const id = await t.db.transaction((tx) =>
    register(tx, t.app.uris, registration, { isConfirmed: true, isApproved: true, ...options }),
  )
  if (!id) throw new Error(`${username} could not be registered`)
  return id
}

/** A remote account. */
export async function remoteAccount(t: TestDatabase, username: string, domain = 'remote.test'): Promise<AccountId> {
  const uri = `https://${domain}/users/${username}`
  return t.db.transaction((tx) =>
    receiveRemoteAccount(tx, {
      uri,
      url: `https://${domain}/@${username}`,
      username,
      domain,
      actorType: 'Person',
      displayName: username,
      note: '',
      fields: [],
      avatarUrl: null,
      headerUrl: null,
      isLocked: false,
      isDiscoverable: true,
      isIndexable: true,
      inboxUrl: `${uri}/inbox`,
      sharedInboxUrl: `https://${domain}/inbox`,
      outboxUrl: `${uri}/outbox`,
      followersUrl: `${uri}/followers`,
      followingUrl: `${uri}/following`,
      featuredUrl: null,
      canFeature: ['public'],
      publishedAt: new Date('2024-01-01T00:00:00Z'),
    }),
  )
}

/** A status of a local account. */
export async function status(t: TestDatabase, author: AccountId, input: Partial<StatusInput> = {}): Promise<StatusId> {
  const draft = await prepareStatus(t.app, author, { text: 'Hello', ...input })
  return t.db.transaction((tx) => publishStatus(tx, t.app.uris, author, draft))
}

/** A status of a remote account. */
export async function remoteStatus(
  t: TestDatabase,
  author: AccountId,
  data: Partial<RemoteStatus> = {},
): Promise<StatusId> {
  const uri = data.uri ?? `https://remote.test/statuses/${crypto.randomUUID()}`
  const id = await t.db.transaction((tx) =>
    receiveRemoteStatus(tx, {
      uri,
      url: uri,
      accountId: author,
      visibility: 'public',
      content: '<p>Hello from afar</p>',
      spoilerText: '',
      isSensitive: false,
      language: null,
      inReplyToUri: null,
      publishedAt: new Date(),
      editedAt: null,
      mentionedIds: [],
      tags: [],
      media: [],
      ...data,
    }),
  )
  if (!id) throw new Error('The remote status was not taken')
  return id
}

/** Makes one account follow another; the other accepts if necessary. */
export async function makeFollow(t: TestDatabase, follower: AccountId, target: AccountId): Promise<void> {
  await t.db.transaction(async (tx) => {
    if ((await follow(tx, t.app.uris, follower, target)) === 'requested') await acceptFollow(tx, target, follower)
  })
}

/** Suspends an account, as a moderator does. */
export async function suspend(t: TestDatabase, accountId: AccountId): Promise<void> {
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${accountId}`)
}

/** Opens sign-ups. */
export async function openSignUps(t: TestDatabase): Promise<void> {
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open' }))
}

/** Empties the queue, so that a test sees only the jobs of its own action. */
export async function forgetJobs(t: TestDatabase): Promise<void> {
  await t.db.execute(sql`delete from graphile_worker._private_jobs`)
}
