/** Loads Fedify once for each process, when it is first needed or the server listens: that takes most of a second and 60 MB. */
import type { App } from '#src/platform/app.ts'
import type { Layer } from './fedify.ts'

const layers = new WeakMap<App, Promise<Layer>>()

/** Fedify, with our documents and listeners. */
export function layer(app: App): Promise<Layer> {
  const existing = layers.get(app) ?? import('./fedify.ts').then(({ openFedify }) => openFedify(app))
  layers.set(app, existing)
  return existing
}
