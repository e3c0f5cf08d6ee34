import type { App } from '#src/platform/app.ts'

/** An App without its port to other servers: the code behind that port needs no more. */
export type Core = Omit<App, 'remote'>
