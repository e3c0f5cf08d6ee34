import type { Federation } from '@fedify/fedify'
import type { App } from '#src/platform/app.ts'
import type { ListenerContext } from './incoming/kinds.ts'

/** Our Fedify instance, loaded when it is first needed: loading takes most of a second and 60 MB, which a start need not wait for. */
export type PipitFederation = () => Promise<Federation<ListenerContext>>

/** Makes the Fedify instance that hands received activities to their listeners. */
export function createFederation(app: App): PipitFederation {
  let loading: Promise<Federation<ListenerContext>> | null = null
  return () => (loading ??= import('./incoming/fedify.ts').then(({ buildFederation }) => buildFederation(app)))
}
