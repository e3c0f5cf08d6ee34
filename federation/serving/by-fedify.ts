/** What the gateway may ask Fedify for. The third function of the layer, which hands activities to their listeners, is not for requests. */
import type { App } from '#src/platform/app.ts'
import { layer } from '../layer.ts'
import type { Asked } from './asked.ts'
import type { Discovered, Jrd } from './jrd.ts'

/** The answer to a request for a document, at one of the paths of `documents`. */
export const serveByFedify = async (path: string, asked: Asked): Promise<Response> =>
  (await layer(asked.app)).serve(path, asked)

/** The WebFinger answer for a local actor. */
export const discoverByFedify = async (app: App, found: Discovered): Promise<Jrd> => (await layer(app)).discover(found)
