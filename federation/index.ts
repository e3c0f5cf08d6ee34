import type { App } from '#src/platform/app.ts'
import type { DispatchActivity } from './incoming/kinds.ts'
import { layer } from './layer.ts'

/** The dispatcher of received activities. */
export function createDispatcher(app: App): DispatchActivity {
  return async (...activity) => (await layer(app)).dispatch(...activity)
}

/** Loads Fedify. Called once a process listens or works, so that no start waits for it. */
export async function loadFedify(app: App): Promise<void> {
  await layer(app)
}
