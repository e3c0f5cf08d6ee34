/** Longer headers are ignored: a signature by an RSA key of 8,192 bits takes 1,400 characters. */
const maxLength = 8_192

/** A name, optionally with a value in quotes or digits. It always takes the whole name, so no character is read twice. */
const parameter = /([A-Za-z]+)(?:=(?:"([^"]*)(?:"|$)|(\d+)))?/g

/** The `name="value"` and `name=1` of a header, by lower-case name; the last one of a name counts. */
export function parseParameters(header: string): ReadonlyMap<string, string> {
  if (header.length > maxLength) return new Map()
  const pairs = [...header.matchAll(parameter)].flatMap(([, name = '', quoted, digits]): [string, string][] => {
    const value = quoted ?? digits
    return value === undefined ? [] : [[name.toLowerCase(), value]]
  })
  return new Map(pairs)
}
