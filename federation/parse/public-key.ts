/** The keys in the documents of actors, and in those of keys. */
import { asList, idOf, isObject, type JsonObject, text } from '../documents/json.ts'

/** @property id null: the document gives it none */
export type PublicKey = { id: string | null; owner: string; pem: string }

const maxKeys = 8
const maxPemLength = 10_000

/** The RSA keys that an actor says are its own. Each may name another owner, which the reader has to check. */
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

/** The id of a key, which may be relative to its actor's: as it stands there otherwise, as key ids are compared letter by letter. */
export function keyIdOf(value: unknown, actor: string | null): string | null {
  const id = text(value)
  return id === null || URL.canParse(id) ? id : (URL.parse(id, actor ?? undefined)?.href ?? null)
}

/** A PEM as OpenSSL reads it: on its way through JSON and forms its line ends may have been escaped, or lost. */
function pemOf(written: string): string | null {
  if (written === '' || written.length > maxPemLength) return null
  // A line that begins it, base64, a line that ends it.
  const [, begin = '', base64 = ''] = written.replace(/\\[rn]/g, '\n').split('-----')
  const label = begin.replace('BEGIN ', '')
  const lines = base64.replace(/\s/g, '').match(/.{1,64}/g)
  return lines ? [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') : written
}
