/** Activities to relays. */
import { loadRelay, relayActor } from '#src/incoming/relays/manage.ts'
import { toRelayAccept, toRelayFollow, toRelayUndo } from '../../documents/relay.ts'
import type { Builders } from './activity.ts'

export const relayActivities = {
  'relay.enabled': async (app, { relayId }) => {
    const relay = await loadRelay(app.db, relayId)
    if (!relay?.followUri || relay.state !== 'pending') return null
    return {
      accountId: null,
      activity: toRelayFollow(relay.followUri, relayActor(relay), app.uris),
      recipients: { inboxes: [relay.inboxUrl] },
    }
  },

  'relay.disabled': async (app, { inboxUrl, followUri, followed }, key) => ({
    accountId: null,
    activity: toRelayUndo(app.uris.activity('undos', key), followUri, followed, app.uris),
    recipients: { inboxes: [inboxUrl] },
    ends: { uri: followUri },
  }),

  'relay.followed': async (app, { inboxUrl, actorUri, uri }, key) => ({
    accountId: null,
    activity: toRelayAccept(app.uris.activity('accepts', key), uri, actorUri, app.uris),
    recipients: { inboxes: [inboxUrl] },
  }),
} satisfies Partial<Builders>
