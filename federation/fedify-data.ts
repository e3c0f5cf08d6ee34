/** The context data that Fedify passes with a request: to the dispatchers of documents and of WebFinger, or to the listeners of activities. */
import type { App } from '#src/platform/app.ts'
import type { Arrival } from './incoming/kinds.ts'
import type { Asked } from './serving/asked.ts'
import type { Discovered } from './serving/jrd.ts'

export type ToServe = { asked: Asked }
type ToDiscover = { found: Discovered }

/** A received activity, and back from its listener the error that it threw. */
export type Receiving = { app: App; received: Arrival; error?: unknown }

export type FedifyData = ToServe | ToDiscover | Receiving
