/**
 * Parameters with names as Ruby on Rails reads them: `poll[options][]=a`, `source[privacy]=public`,
 * `fields_attributes[0][name]=x`.
 */

export type Value = string | File
export type Branch = { [name: string]: Tree }
type Tree = Value | Tree[] | Branch

const maxDepth = 6

/** A tree under construction: maps keep the order of members, which objects don't for numbers. */
type Growing = Map<string, Bud>
type Bud = Value | Bud[] | Growing

/**
 * Builds the tree that the names of a form's or query's pairs describe. A hash whose names are all numbers is a list:
 * the numbers group its members, and the order is that of the pairs.
 */
export function nest(pairs: Iterable<readonly [string, Value]>): Branch {
  const root: Growing = new Map()
  for (const [name, value] of pairs) place(root, stepsOf(name), value)
  return asBranch(root)
}

function asTree(bud: Bud): Tree {
  if (Array.isArray(bud)) return bud.map(asTree)
  if (!(bud instanceof Map)) return bud
  return [...bud.keys()].every((name) => /^\d+$/.test(name)) ? [...bud.values()].map(asTree) : asBranch(bud)
}

/** Without a prototype, so that no name has a special meaning. */
function asBranch(growing: Growing): Branch {
  const branch = Object.create(null) as Branch
  for (const [name, bud] of growing) branch[name] = asTree(bud)
  return branch
}

/** `a[b][]` → `a`, `b`, ``. Any other text is one plain name. */
function stepsOf(name: string): [string, ...string[]] {
  const [, first, rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? []
  const inner = [...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')
  return first === undefined || inner.length > maxDepth ? [name] : [first, ...inner]
}

function place(node: Growing, [key, next, ...rest]: [string, ...string[]], value: Value): void {
  if (next === undefined) {
    node.set(key, value)
    return
  }
  if (next !== '') {
    place(childOf(node, key), [next, ...rest], value)
    return
  }
  const list = listOf(node, key)
  const [member, ...deeper] = rest
  if (member === undefined) list.push(value)
  else place(elementFor(list, member, deeper.length > 0), [member, ...deeper], value)
}

/** In a list of hashes, a member that the last hash already has starts a new hash. */
function elementFor(list: Bud[], member: string, isDeeper: boolean): Growing {
  const last = list.at(-1)
  if (last instanceof Map && (isDeeper || !last.has(member))) return last
  const element: Growing = new Map()
  list.push(element)
  return element
}

function childOf(node: Growing, key: string): Growing {
  const child = node.get(key)
  if (child instanceof Map) return child
  const made: Growing = new Map()
  node.set(key, made)
  return made
}

function listOf(node: Growing, key: string): Bud[] {
  const list = node.get(key)
  if (Array.isArray(list)) return list
  const made: Bud[] = []
  node.set(key, made)
  return made
}
