import type { App } from '#src/platform/app.ts'

/** What asking other servers needs: an App without the part that does so. */
export type Core = Omit<App, 'remote'>
