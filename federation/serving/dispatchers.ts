/**
 * Pipit's documents, and the links of WebFinger, as Fedify's dispatchers return them. Of an object Fedify uses only its id and its JSON, so it gets
 * Pipit's JSON and sends it byte for byte. Fedify's own vocabulary would write one-element lists as single values, and
 * fail at terms that it can't read.
 */
import type { Federation } from '@fedify/fedify'
import { Endpoints, Object as Thing, Person, Tombstone } from '@fedify/vocab'
import type { FedifyData, ToServe } from '../fedify-data.ts'
import { findActor, instanceActor } from './actors.ts'
import type { Asked, Document, Found } from './asked.ts'
import { actorPath, documents, instancePath } from './documents.ts'
import { instanceIdentifier } from './jrd.ts'

type Json = { [name: string]: unknown; id: string }

/** Registers the dispatchers. */
export function setDispatchers(federation: Federation<FedifyData>): void {
  federation
    .setActorDispatcher(actorPath.replace('{id}', '{identifier}') as '/{identifier}', async (ctx, identifier) => {
      const properties = {
        inbox: ctx.getInboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      }
      // WebFinger needs no document.
      if ('found' in ctx.data) return new OurActor({ id: ctx.data.found.uri }, properties)
      const { asked } = ctx.data as ToServe
      const document = taken(
        asked,
        identifier === instanceIdentifier ? await instanceActor(asked) : await findActor(asked),
      )
      if (!document) return null
      return document.isGone ? new OurTombstone(jsonOf(document)) : new OurActor(jsonOf(document), properties)
    })
    .mapActorAlias(instancePath, instanceIdentifier)
    .mapHandle(({ data }) => ('found' in data ? data.found.identifier : null))
  federation.setWebFingerLinksDispatcher(({ data }) => ('found' in data ? data.found.links : []))
  for (const [path, find] of Object.entries(documents)) {
    // Fedify names routes by types, and takes one of each.
    class OurObject extends Thing {
      static override get typeId() {
        return new URL(path, 'https://pipit.invalid')
      }
      readonly json: Json
      constructor(json: Json) {
        super({ id: new URL(json.id) })
        this.json = json
      }
      override async toJsonLd() {
        return this.json
      }
    }
    federation.setObjectDispatcher(OurObject as never, path as '/{id}', async ({ data }, { id }) => {
      const { asked } = data as ToServe
      const document = taken(asked, await find(asked, id))
      return document && (new OurObject(jsonOf(document)) as Thing)
    })
  }
}

class OurActor extends Person {
  readonly json: Json
  constructor(json: Json, properties: { inbox: URL; endpoints: Endpoints }) {
    super({ id: new URL(json.id), ...properties })
    this.json = json
  }
  override async toJsonLd() {
    return this.json
  }
}

/** Fedify answers 410 with it. */
class OurTombstone extends Tombstone {
  readonly json: Json
  constructor(json: Json) {
    super({ id: new URL(json.id) })
    this.json = json
  }
  override async toJsonLd() {
    return this.json
  }
}

/** The document, unless something else was found: that is handed past Fedify, which knows no other answers than 404. */
function taken(asked: Asked, found: Found): Document | null {
  if (found instanceof Response) asked.answer = found
  else asked.kind = found
  return found instanceof Response ? null : found
}

const jsonOf = ({ json }: Document): Json => (typeof json === 'string' ? JSON.parse(json) : json) as Json
