import type { App } from '#src/platform/app.ts'
import { type Hub, type HubOptions, openHub } from '#src/reading/streaming/hub.ts'
import { payloadOf } from './payloads.ts'

/** The open streams of a process. Without an open stream it costs nothing. */
export type Streams = Hub

export const openStreams = (app: App, options?: HubOptions): Streams =>
  openHub(app, (news) => payloadOf(app, news), options)
