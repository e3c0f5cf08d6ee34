/** The meaning of other servers' answers for a delivery. */
import { expect, test } from 'vitest'
import type { DueDelivery } from '#src/outgoing/leases.ts'
import type { ActivityId } from '#src/platform/ids.ts'
import { classifyAnswer } from '../../federation/outgoing/classify-answer.ts'

const after = (attempts: number): DueDelivery => ({
  host: 'remote.test',
  activityId: '1' as ActivityId,
  inboxUrl: 'https://remote.test/inbox',
  attempts,
  followersDigest: null,
  accountId: null,
})

/** How a delivery stands after so many tries that were all answered alike. */
function stateAfter(tries: number, status: number): string {
  const { outcome, isUp } = classifyAnswer(after(tries - 1), { status, headers: new Headers() }, 0)
  return isUp ? outcome.state : 'host down'
}

test.each([
  ['taken', 202, { 1: 'delivered' }],
  ['refused', 401, { 1: 'pending', 2: 'pending', 3: 'failed' }],
  ['not there, or no more', 404, { 1: 'failed' }],
  ['not there, or no more', 410, { 1: 'failed' }],
  // They say that the request did not come in time, or too early: the same one may be taken later.
  ['no refusal', 408, { 1: 'pending', 3: 'pending', 9: 'pending', 10: 'failed' }],
  ['no refusal', 425, { 1: 'pending', 3: 'pending', 9: 'pending', 10: 'failed' }],
  ['a fault of the server', 500, { 1: 'pending', 3: 'pending', 9: 'pending', 10: 'failed' }],
  ['a host that is not up', 429, { 1: 'host down', 10: 'host down' }],
  ['a host that is not up', 503, { 1: 'host down', 10: 'host down' }],
  ['a host that is not up', 522, { 1: 'host down', 10: 'host down' }],
])('a delivery is %s when it is answered with %i', (_name, status, states) => {
  const seen = Object.fromEntries(Object.keys(states).map((tries) => [tries, stateAfter(Number(tries), status)]))
  expect(seen).toEqual(states)
})
