/**
 * Structured fields, as far as signatures use them: dictionaries whose members are inner lists or byte sequences.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9651
 */

export type Bare = string | number | boolean | Buffer | { token: string }
export type Item = { value: Bare; params: Map<string, Bare> }
export type Member = (Item & { items?: undefined }) | { items: Item[]; params: Map<string, Bare> }

const maxLength = 16_384
const maxMembers = 64

/** Parses a dictionary; null for an invalid one. Of a repeated key the last member counts. */
export function parseDictionary(text: string): Map<string, Member> | null {
  if (text.length > maxLength) return null
  const reader = new Reader(text)
  const members = new Map<string, Member>()
  try {
    reader.match(/[ \t]*/y)
    while (!reader.isAtEnd) {
      const key = reader.key()
      members.delete(key)
      members.set(key, reader.take('=') ? reader.member() : { value: true, params: reader.params() })
      if (members.size > maxMembers) return null
      reader.match(/[ \t]*/y)
      if (reader.isAtEnd) break
      reader.expect(',')
      reader.match(/[ \t]*/y)
      if (reader.isAtEnd) return null
    }
    return members
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Serialises an item for a header. */
export function writeItem({ value, params }: Item): string {
  return writeBare(value) + writeParams(params)
}

export const writeParams = (params: Map<string, Bare>): string =>
  [...params].map(([key, value]) => (value === true ? `;${key}` : `;${key}=${writeBare(value)}`)).join('')

function writeBare(value: Bare): string {
  if (typeof value === 'string') return `"${value.replace(/[\\"]/g, '\\$&')}"`
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '?1' : '?0'
  return Buffer.isBuffer(value) ? `:${value.toString('base64')}:` : value.token
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  expect(character: string): void {
    if (!this.take(character)) throw new SyntaxError(`${character} is missing`)
  }

  match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  key(): string {
    return this.#some(/[a-z*][a-z0-9_*.-]*/y)
  }

  member(): Member {
    if (!this.take('(')) return this.#item()
    const items: Item[] = []
    for (;;) {
      this.match(/ */y)
      if (this.take(')')) return { items, params: this.params() }
      if (items.length > 0 && this.#text[this.#at - 1] !== ' ') throw new SyntaxError('A space is missing')
      items.push(this.#item())
    }
  }

  params(): Map<string, Bare> {
    const params = new Map<string, Bare>()
    while (this.take(';')) {
      this.match(/ */y)
      const key = this.key()
      params.delete(key)
      params.set(key, this.take('=') ? this.#bare() : true)
    }
    return params
  }

  #item(): Item {
    const value = this.#bare()
    return { value, params: this.params() }
  }

  #bare(): Bare {
    if (this.take('"')) {
      const inside = this.match(/(?:[ !#-[\]-~]|\\["\\])*/y)
      this.expect('"')
      return inside.replace(/\\(["\\])/g, '$1')
    }
    if (this.take(':')) {
      const inside = this.match(/[A-Za-z0-9+/=]*/y)
      this.expect(':')
      return Buffer.from(inside, 'base64')
    }
    if (this.take('?')) return this.#some(/[01]/y) === '1'
    const number = this.match(/-?\d{1,15}(?:\.\d{1,3})?/y)
    return number === '' ? { token: this.#some(/[A-Za-z*][!#$%&'*+.^_`|~\w:/-]*/y) } : Number(number)
  }

  #some(pattern: RegExp): string {
    const found = this.match(pattern)
    if (found === '') throw new SyntaxError('Something is missing')
    return found
  }
}
