import type { MessageQueue } from '@fedify/fedify'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { Core } from '../core.ts'

/**
 * Fedify's queue of received activities, as jobs of ours: `jobs/tasks.ts` hands each message back to Fedify. A job stays until
 * it succeeded, and the job queue repeats those that failed.
 */
export function inboxQueue({ db }: Pick<Core, 'db'>): MessageQueue {
  const enqueue = (messages: readonly unknown[], delayMs = 0) =>
    addJobs(
      db,
      messages.map((message) => ({
        name: 'inbox',
        payload: { message },
        ...(delayMs > 0 ? { runAt: new Date(Date.now() + delayMs) } : {}),
      })),
    )
  return {
    nativeRetrial: true,
    enqueue: (message, options) => enqueue([message], options?.delay?.total('millisecond')),
    enqueueMany: (messages, options) => enqueue(messages, options?.delay?.total('millisecond')),
    // Our own worker takes the jobs; Fedify never starts one.
    listen: (_handler, { signal } = {}) =>
      new Promise((done) => signal?.addEventListener('abort', () => done(), { once: true })),
  }
}
