/** Loads Fedify once for each process, when it is first needed or the server listens: that takes most of a second and 60 MB. */
import type { App } from '#src/platform/app.ts'
import type { Layer } from './fedify.ts'

const layers = new WeakMap<App, Promise<Layer>>()

/** Fedify, with our documents and listeners. After a failure the next call loads it again. */
export function layer(app: App): Promise<Layer> {
  const existing = layers.get(app)
  if (existing) return existing
  const loading = import('./fedify.ts').then(({ openFedify }) => openFedify(app))
  layers.set(app, loading)
  loading.catch(() => layers.delete(app))
  return loading
}
