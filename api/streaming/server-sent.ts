import type { ChannelParams, StreamName } from '#src/reading/streaming/channels.ts'
import type { Message, StreamOwner } from '#src/reading/streaming/hub.ts'
import { eventStreamHeaders, openEventStream } from '#src/reading/streaming/server-sent.ts'
import type { ApiContext } from '../env.ts'
import { resolveStream } from './join.ts'
import type { Streams } from './streams.ts'

/**
 * Answers with one stream as Server-Sent Events, until the client disconnects. HEAD gets only headers: the client would
 * neither read the events nor end the stream.
 *
 * @throws ApiError and Refusal as `resolveStream` does; Refusal `too_many`
 */
export async function serverSent(
  c: ApiContext,
  streams: Streams,
  owner: StreamOwner,
  name: StreamName,
  params: ChannelParams,
): Promise<Response> {
  const subscription = await resolveStream(c.var.app, owner, name, params)
  if (c.req.method === 'HEAD') return new Response(null, { headers: eventStreamHeaders })
  return openEventStream(streams, owner, {
    subscriptions: [subscription],
    textOf: eventOf,
    hangUp: () => c.env.hangUp?.(),
  })
}

/**
 * Payloads are JSON or ids, so they have no line breaks. Clients ignore an event without data, and some parse the
 * data, hence `{}`.
 */
const eventOf = ({ event, payload = '{}' }: Message): string => `event: ${event}\ndata: ${payload}\n\n`
