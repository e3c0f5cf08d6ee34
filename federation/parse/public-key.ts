/** Public keys in documents of actors and of keys. */
import { asList, idOf, isObject, type JsonObject, text } from '../documents/json.ts'

/** @property id null for a key without id */
export type PublicKey = { id: string | null; owner: string; pem: string }

const maxKeys = 8
const maxPemLength = 10_000

/** The RSA keys that an actor lists. Each may name another owner, which the caller has to check. */
export function publicKeysOf(json: JsonObject): PublicKey[] {
  const actor = idOf(json['id'])
  return asList(json['publicKey'])
    .slice(0, maxKeys)
    .flatMap((key) => {
      if (!isObject(key)) return []
      const owner = idOf(key['owner'] ?? key['controller']) ?? actor
      const pem = pemOf(text(key['publicKeyPem']) ?? '')
      return owner && pem ? [{ id: keyIdOf(key['id'], actor), owner, pem }] : []
    })
}

/** The id of a key. A relative id is resolved against its actor's; any other stays as written, as key ids are compared letter by letter. */
export function keyIdOf(value: unknown, actor: string | null): string | null {
  const id = text(value)
  return id === null || URL.canParse(id) ? id : (URL.parse(id, actor ?? undefined)?.href ?? null)
}

/** A PEM as OpenSSL reads it: JSON and forms may have escaped its line ends, or lost them. */
function pemOf(written: string): string | null {
  if (written === '' || written.length > maxPemLength) return null
  // First line, base64, last line.
  const [, begin = '', base64 = ''] = written.replace(/\\[rn]/g, '\n').split('-----')
  const label = begin.replace('BEGIN ', '')
  const lines = base64.replace(/\s/g, '').match(/.{1,64}/g)
  return lines ? [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') : written
}
