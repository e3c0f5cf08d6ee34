/** WebFinger, host-meta and NodeInfo. They never require a signature. */
import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import { nodeInfo, nodeInfoSchema, nodeInfoVersions } from './nodeinfo.ts'
import { webFinger } from './webfinger.ts'

export function wellKnown(app: App, fingerprint: string): Hono {
  const { uris } = app
  const routes = new Hono()
  routes.get('/.well-known/webfinger', (c) =>
    webFinger(app, fingerprint, c.req.query('resource'), c.req.queries('rel') ?? []),
  )
  routes.get('/.well-known/host-meta', (c) =>
    c.body(hostMeta(webFingerTemplate(app)), 200, { 'content-type': 'application/xrd+xml; charset=utf-8', ...cached }),
  )
  routes.get('/.well-known/host-meta.json', (c) =>
    c.body(
      JSON.stringify({ links: [{ rel: 'lrdd', type: 'application/jrd+json', template: webFingerTemplate(app) }] }),
      200,
      { 'content-type': 'application/json', ...cached },
    ),
  )
  routes.get('/.well-known/nodeinfo', (c) => {
    const links = nodeInfoVersions.map((version) => ({
      rel: nodeInfoSchema(version),
      href: `${uris.origin}/nodeinfo/${version}`,
    }))
    return c.json(
      { links: [...links, { rel: 'https://www.w3.org/ns/activitystreams#Application', href: uris.instanceActor }] },
      200,
      { 'content-type': 'application/jrd+json', ...cached },
    )
  })
  for (const version of nodeInfoVersions) {
    routes.get(`/nodeinfo/${version}`, async (c) =>
      c.json(await nodeInfo(app, version), 200, {
        'content-type': `application/json; profile="${nodeInfoSchema(version)}#"`,
        ...openToAll,
        'cache-control': 'public, max-age=300',
      }),
    )
  }
  return routes
}

const openToAll = { 'access-control-allow-origin': '*' }
const cached = { ...openToAll, 'cache-control': 'public, max-age=3600' }

const webFingerTemplate = ({ uris }: App): string => `${uris.origin}/.well-known/webfinger?resource={uri}`

/** @see https://www.rfc-editor.org/rfc/rfc6415 */
const hostMeta = (template: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" type="application/jrd+json" template="${template}"/>
</XRD>
`
