import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { ancestors } from './fetching/ancestors.ts'
import { backfill } from './fetching/backfill.ts'
import { checkGone } from './fetching/check-gone.ts'
import { fetchFeatured } from './fetching/featured.ts'
import { refreshProfile } from './fetching/profile.ts'
import { fetchRelayed } from './fetching/relays.ts'
import { compareWithServer } from './fetching/synchronise-followers.ts'
import { fetchThread } from './fetching/thread.ts'
import { verifyItems } from './fetching/verify-collection-items.ts'
import { verifyReply } from './fetching/verify-consents.ts'
import { verifyQuote } from './fetching/verify-quote.ts'
import { processInbox } from './incoming/inbox-job.ts'
import type { DispatchActivity } from './incoming/kinds.ts'
import { deliver, sweepDeliveries } from './outgoing/deliver.ts'
import { federate } from './outgoing/federate.ts'

/**
 * The handlers of all federation jobs, including the one that the crontab queues.
 *
 * @param stopping aborted as soon as the worker is to end; the jobs' own signal follows some seconds later
 */
export function federationTasks(
  app: App,
  dispatch: DispatchActivity,
  stopping: AbortSignal = new AbortController().signal,
) {
  return {
    federate: (payload: Jobs['federate']) => federate(app, payload),
    deliver: (_payload: Jobs['deliver'], { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
      deliver(app, abortSignal ? AbortSignal.any([abortSignal, stopping]) : stopping),
    'check-gone': (payload: Jobs['check-gone']) => checkGone(app, payload),
    inbox: (payload: Jobs['inbox']) => processInbox(dispatch, payload),
    'synchronise-followers': (payload: Jobs['synchronise-followers']) => compareWithServer(app, payload),
    ancestors: (payload: Jobs['ancestors']) => ancestors(app, payload),
    featured: (payload: Jobs['featured']) => fetchFeatured(app, payload),
    thread: (payload: Jobs['thread']) => fetchThread(app, payload),
    profile: (payload: Jobs['profile']) => refreshProfile(app, payload),
    backfill: (payload: Jobs['backfill']) => backfill(app, payload),
    relayed: (payload: Jobs['relayed']) => fetchRelayed(app, payload),
    quote: (payload: Jobs['quote']) => verifyQuote(app, payload),
    'collection-items': (payload: Jobs['collection-items']) => verifyItems(app, payload),
    'reply-consent': (payload: Jobs['reply-consent']) => verifyReply(app, payload),
    'sweep-deliveries': () => sweepDeliveries(app),
  }
}
