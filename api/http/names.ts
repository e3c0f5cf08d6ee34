/** Parameters with names as Ruby on Rails reads them: `poll[options][]=a`, `source[privacy]=public`, `fields_attributes[0][name]=x`. */

export type Value = string | File
export type Branch = { [name: string]: Tree }
export type Tree = Value | Tree[] | Branch

const maxDepth = 6

/** Puts flat pairs of a form or query into the tree that their names describe. */
export function nest(pairs: Iterable<readonly [string, Value]>): Branch {
  const root = branch()
  for (const [name, value] of pairs) place(root, stepsOf(name), value)
  return root
}

/** `a[b][]` → `a`, `b`, ``. What isn't written so is a name as it stands. */
function stepsOf(name: string): [string, ...string[]] {
  const [, first, rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? []
  const inner = [...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')
  return first === undefined || inner.length > maxDepth ? [name] : [first, ...inner]
}

function place(node: Branch, [key, next, ...rest]: [string, ...string[]], value: Value): void {
  if (next === undefined) {
    node[key] = value
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
function elementFor(list: Tree[], member: string, isDeeper: boolean): Branch {
  const last = list.at(-1)
  if (isBranch(last) && (isDeeper || !(member in last))) return last
  const element = branch()
  list.push(element)
  return element
}

function childOf(node: Branch, key: string): Branch {
  const child = node[key]
  if (isBranch(child)) return child
  const made = branch()
  node[key] = made
  return made
}

function listOf(node: Branch, key: string): Tree[] {
  const list = node[key]
  if (Array.isArray(list)) return list
  const made: Tree[] = []
  node[key] = made
  return made
}

/** Without a prototype, so that no name means anything but itself. */
const branch = (): Branch => Object.create(null) as Branch

const isBranch = (tree: Tree | undefined): tree is Branch => typeof tree === 'object' && !Array.isArray(tree) && !(tree instanceof File)
