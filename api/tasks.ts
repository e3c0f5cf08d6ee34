/** The jobs that need the API's entities. */
import { deliverWebhook } from '#src/moderation/webhooks/deliver.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'

export const apiTasks = (app: App) => ({
  // Most servers have no webhooks: their workers don't load the entities.
  webhook: async (payload: Jobs['webhook']) =>
    deliverWebhook(app, (await import('./webhook-objects.ts')).readObject, payload),
})
