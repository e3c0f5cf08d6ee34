/** Parameters with names as Ruby on Rails reads them: `poll[options][]=a`, `source[privacy]=public`, `fields_attributes[0][name]=x`. */

export type Value = string | File
export type Branch = { [name: string]: Tree }
type Tree = Value | Tree[] | Branch

const maxDepth = 6

/** As it grows: members in the order in which they came, which an object doesn't keep for numbers. */
type Growing = Map<string, Bud>
type Bud = Value | Bud[] | Growing

/**
 * Puts flat pairs of a form or query into the tree that their names describe. A hash whose names are all numbers is a list: the
 * numbers say what belongs together, and the order is that in which they came.
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

/** Without a prototype, so that no name means anything but itself. */
function asBranch(growing: Growing): Branch {
  const branch = Object.create(null) as Branch
  for (const [name, bud] of growing) branch[name] = asTree(bud)
  return branch
}

/** `a[b][]` → `a`, `b`, ``. What isn't written so is a name as it stands. */
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

/** In a list of hashes, a member that the last one has already starts the next one. */
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
