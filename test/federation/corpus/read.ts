/**
 * Documents in the shapes of other software, with invented people and hosts, and what our parsers read in them. Beside each
 * `NAME.json` is `NAME.expected.json`: all parsed fields, except empty, false and zero ones.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sanitizeHtml } from '#src/text/html/sanitize.ts'
import { visibilityOf } from '../../../federation/documents/addressing.ts'
import {
  addressesOf,
  asList,
  idOf,
  isObject,
  type JsonObject,
  parseObject,
  textOf,
  typesOf,
} from '../../../federation/documents/json.ts'
import { embedded, objectId } from '../../../federation/incoming/received.ts'
import { isActor, parseActor } from '../../../federation/parse/actor.ts'
import { isNote, parseNote } from '../../../federation/parse/note.ts'
import { publicKeysOf } from '../../../federation/parse/public-key.ts'

export type Example = { name: string; text: string; expected: string }

/** The clock while the examples are read. */
export const now = new Date('2026-06-01T00:00:00Z')

const root = import.meta.dirname

/** All examples, by software. */
export const examples: Example[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'))
  .toSorted()
  .map((file) => ({
    name: file.replace(/\.json$/, ''),
    text: readFileSync(join(root, file), 'utf8'),
    expected: join(root, dirname(file), `${basename(file, '.json')}.expected.json`),
  }))

/** The parsed document, with the field names of the parsers. */
export function read(document: string): object {
  const json = parseObject(document)
  if (!json) return { refused: true }
  if (isActor(json)) return { actor: actorIn(json) }
  if (isNote(json)) return { note: noteIn(json) }
  return json['actor'] === undefined
    ? { collection: asList(json['orderedItems'] ?? json['items'] ?? json['first']).map(itemOf) }
    : activityIn(json)
}

function activityIn(json: JsonObject): object {
  const inside = embedded({ activity: json })
  const target = idOf(json['target'])
  const activity = {
    type: typesOf(json).join(),
    id: idOf(json['id']),
    actor: idOf(json['actor']),
    object: objectId({ activity: json }),
    objects: asList(json['object']).length > 1 ? asList(json['object']).map(idOf) : [],
    inside: inside ? typesOf(inside).join() : null,
    insideActor: idOf(inside?.['actor']),
    insideObject: idOf(inside?.['object']),
    target,
    says: textOf(json, 'content'),
    visibility:
      json['to'] === undefined && json['cc'] === undefined
        ? null
        : visibilityOf(
            { to: addressesOf(json['to']), cc: addressesOf(json['cc']) },
            followersOf(idOf(json['actor']), json),
          ),
  }
  const post = inside && (isNote(inside) ? inside : inside['object'])
  return compact({
    activity,
    note: isObject(post) && isNote(post) ? noteIn(post, post === inside ? json : (inside ?? {})) : null,
  }) as object
}

const itemOf = (item: unknown): unknown =>
  isObject(item)
    ? typesOf(item).includes('Create') && isObject(item['object'])
      ? { create: idOf(item['object']) }
      : { [typesOf(item).join()]: idOf(item) }
    : item

const actorFields = [
  'uri',
  'url',
  'username',
  'actorType',
  'displayName',
  'note',
  'fields',
  'emojis',
  'avatarUrl',
  'headerUrl',
  'avatarDescription',
  'headerDescription',
  'attributionDomains',
  'alsoKnownAs',
  'movedToUri',
  'isLocked',
  'isDiscoverable',
  'isIndexable',
  'isSuspended',
  'inboxUrl',
  'sharedInboxUrl',
  'outboxUrl',
  'followersUrl',
  'followingUrl',
  'featuredUrl',
  'publishedAt',
] as const
const noteFields = [
  'uri',
  'url',
  'spoilerText',
  'isSensitive',
  'language',
  'inReplyToUri',
  'repliesUrl',
  'contextUri',
  'reblogsCount',
  'favouritesCount',
  'publishedAt',
  'editedAt',
  'mentioned',
  'tags',
  'emojis',
  'media',
  'poll',
  'quote',
  'canQuote',
  'canInteract',
  'approvalUri',
] as const

const pick = <Name extends string>(from: { readonly [name in Name]?: unknown }, names: readonly Name[]): object =>
  Object.fromEntries(names.map((name) => [name, from[name]]))

function actorIn(json: JsonObject): object | null {
  const actor = parseActor(json)
  return (
    actor && {
      ...(compact({
        ...pick(actor, actorFields),
        note: shown(actor.note),
        fields: actor.fields.map(({ name, value }) => ({ name, value: shown(value) })),
      }) as object),
      keys: publicKeysOf(json).map(({ id, owner }) => (owner === actor.uri ? id : { id, owner })),
    }
  )
}

/** A post does not state whose a followers collection is: any on the author's server with such a name counts as the author's. */
function noteIn(json: JsonObject, activity: JsonObject = {}): unknown {
  const note = parseNote(json, activity)
  if (!note) return null
  const { to, cc, content } = note
  const [author = null] = note.authors
  const visibility = visibilityOf({ to, cc }, followersOf(author, { to, cc }))
  return compact({
    ...pick(note, noteFields),
    author,
    visibility,
    content: shown(content),
    tags: note.tags.map(({ displayName }) => displayName),
  })
}

const followersOf = (author: string | null, { to, cc }: JsonObject): string | null =>
  [...addressesOf(to), ...addressesOf(cc)].find(
    (address) => /followers/.test(address) && new URL(address).host === new URL(author ?? address).host,
  ) ?? null

/** As stored, without the attributes that all links have. */
const shown = (html: string): string =>
  sanitizeHtml(html).replace(/ target="_blank" rel="(tag )?nofollow noopener noreferrer"/g, (_, tag) =>
    tag ? ' rel="tag"' : '',
  )

/** Without empty, false and zero fields. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, compact(inner)])
      .filter(([, inner]) => !isNothing(inner)),
  )
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  value === '' ||
  value === 0 ||
  (typeof value === 'object' && Object.keys(value).length === 0)
