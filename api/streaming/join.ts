import { coversScopes } from '#src/accounts/sessions/scopes.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { ownList } from '#src/reading/lists/manage.ts'
import {
  type Channel,
  channelOf,
  type ChannelParams,
  scopeOf,
  type StreamName,
} from '#src/reading/streaming/channels.ts'
import type { StreamOwner } from '#src/reading/streaming/hub.ts'
import { type ApiContext, clientGroup } from '../env.ts'
import { ApiError } from '../http/errors.ts'

/** The owner of a connection, from the request that opens it. */
export function streamOwner(c: ApiContext, accountId: AccountId): StreamOwner {
  const { access } = c.var
  if (!access) throw new ApiError(401, 'The access token is invalid')
  return { accountId, tokenId: access.tokenId, sessionId: null, scopes: access.scopes, address: clientGroup(c) }
}

/**
 * Finds a stream by its name, if the owner of the connection may subscribe to it.
 *
 * @throws ApiError 400 when its hashtag or list is missing, 403 without the scope; Refusal `not_found` for somebody
 *   else's list
 */
export async function resolveStream(
  app: ApiContext['var']['app'],
  owner: Pick<StreamOwner, 'accountId' | 'scopes'>,
  name: StreamName,
  params: ChannelParams,
): Promise<{ channel: Channel; label: string[] }> {
  if (!coversScopes(owner.scopes, scopeOf(name)))
    throw new ApiError(403, 'This action is outside the authorized scopes')
  const stream = namedStream(name, params)
  if (stream.channel.kind === 'list') await ownList(app.db, owner.accountId, stream.channel.listId)
  return stream
}

/** Finds a stream by its name, without checking access. @throws ApiError 400 when its hashtag or list is missing */
export function namedStream(name: StreamName, params: ChannelParams): { channel: Channel; label: string[] } {
  const stream = channelOf(name, params)
  if (!stream) throw new ApiError(400, name === 'list' ? 'Missing list name parameter' : 'Missing tag name parameter')
  return stream
}
