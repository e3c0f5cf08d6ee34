/** Checks answers against the JSON Schemas of Mastodon's entities, and against Pipit's additions. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import formats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'

type Schema = { $id: string; $defs?: Record<string, { pattern?: string }>; properties?: Record<string, unknown> }

const folder = join(import.meta.dirname, 'schemas')
const ajv = new Ajv2020({ strict: true, allErrors: true })
formats.default(ajv)
const ids = new Map<string, string>()

for (const file of readdirSync(folder)) {
  const name = file.slice(0, -'.json'.length)
  const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema
  if (name === 'common' && schema.$defs?.['id'] && schema.$defs['dateTime']) {
    schema.$defs['id'].pattern = '^[1-9][0-9]{0,18}$'
    schema.$defs['dateTime'].pattern = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'
  }
  // Some apps refuse an account without a URL.
  if (name === 'Account' && schema.properties) schema.properties['url'] = { $ref: 'common.json#/$defs/url' }
  ids.set(name, schema.$id)
  ajv.addSchema(schema)
}

/** Shapes that are not entities. */
const plainShapes: Record<string, (value: unknown) => boolean> = {
  '[domain]': (value) => Array.isArray(value) && value.every((domain) => typeof domain === 'string'),
  text: (value) => value === 'OK',
  boolean: (value) => typeof value === 'boolean',
  XRD: (value) => typeof value === 'string' && /^<\?xml .*\n<XRD /.test(value),
  object: (value) => typeof value === 'object' && value !== null,
}

/** The errors of a value as an entity (`Status`) or a list of them (`[Status]`); empty when it is valid. */
export function problemsOf(entity: string, value: unknown): string[] {
  const plain = plainShapes[entity]
  if (plain) return plain(value) ? [] : [`${entity} is not what it should be: ${JSON.stringify(value)}`]
  const [, member] = /^\[(.+)\]$/.exec(entity) ?? []
  const id = ids.get(member ?? entity)
  if (!id) throw new Error(`There is no schema of ${entity}`)
  const validate = member ? ajv.compile({ type: 'array', items: { $ref: id } }) : ajv.getSchema(id)
  if (validate?.(value)) return []
  return (validate?.errors ?? []).map((error) => `${entity}${error.instancePath} ${error.message}`)
}
