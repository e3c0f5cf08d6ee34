import type { App } from '#src/platform/app.ts'
import type { DispatchActivity } from './incoming/kinds.ts'

/** The dispatcher of received activities. Fedify is loaded for the first one: loading takes most of a second and 60 MB, which a start need not wait for. */
export function createDispatcher(app: App): DispatchActivity {
  let loading: Promise<DispatchActivity> | null = null
  return async (...activity) => {
    loading ??= import('./incoming/fedify.ts').then(({ activityDispatcher }) => activityDispatcher(app))
    await (
      await loading
    )(...activity)
  }
}
