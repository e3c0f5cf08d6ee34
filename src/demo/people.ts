/** The people of a demo, local and remote. */
import { type AccountId, idAt } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import type { Random } from './random.ts'
import { domains, firstNames, lastNames, type Speech, speeches } from './words.ts'

export type Person = {
  id: AccountId
  username: string
  /** Null for people of this instance. */
  domain: string | null
  acct: string
  uri: string
  url: string
  displayName: string
  bio: string
  speech: Speech
  joinedAt: Date
  isLocked: boolean
}

export type Crowd = {
  locals: Person[]
  /** Sorted by popularity. */
  remotes: Person[]
  /** The followed people of each person, as far as this instance knows. */
  follows: Map<Person, Person[]>
  /** Open follow requests: the follower, and the person to follow. */
  requests: [Person, Person][]
}

export type Span = { start: Date; end: Date }

/** Makes people of a span of time, as many as suit a number of posts. `taken` are names in use. */
export function makeCrowd(random: Random, uris: Uris, span: Span, posts: number, taken: Set<string>): Crowd {
  const localCount = Math.min(60, 12 + Math.round(Math.sqrt(posts) / 1.5))
  const remoteCount = Math.min(1_500, localCount * 2 + Math.round(posts / 200))
  const used = new Set(taken)
  const locals = Array.from({ length: localCount }, (_, i) =>
    makePerson(random, uris, span, used, null, i / localCount),
  )
  const remotes = Array.from({ length: remoteCount }, () =>
    makePerson(random, uris, span, used, random.pickEarly(domains), 0),
  )

  const follows = new Map<Person, Person[]>()
  const requests: [Person, Person][] = []
  for (const person of [...locals, ...remotes]) {
    const others =
      person.domain === null
        ? [...random.some(locals, random.whole(3, 15)), ...random.some(remotes, random.whole(4, 30))]
        : random.some(locals, random.whole(0, 6))
    const wanted = others.filter((other) => other !== person)
    // People with locked accounts have accepted most requests, and not seen the others yet.
    const waiting = wanted.filter((other) => other.isLocked && other.domain === null && random.chance(0.3))
    follows.set(
      person,
      wanted.filter((other) => !waiting.includes(other)),
    )
    requests.push(...waiting.map((other): [Person, Person] => [person, other]))
  }
  return { locals, remotes, follows, requests }
}

/** @param lateness when in the span a local person joins: a third is there from the start, the others join one by one */
function makePerson(
  random: Random,
  uris: Uris,
  span: Span,
  used: Set<string>,
  domain: string | null,
  lateness: number,
): Person {
  const speech = random.pick(speeches)
  const username = newName(random, used, domain)
  const length = span.end.getTime() - span.start.getTime()
  const joinedAt = new Date(
    span.start.getTime() + (domain === null ? Math.max(0, lateness - 0.33) * length : random.next() * length * 0.2),
  )
  const id = idAt<AccountId>(joinedAt)
  return {
    id,
    username,
    domain,
    acct: domain === null ? username : `${username}@${domain}`,
    uri: domain === null ? uris.account(id) : `https://${domain}/people/${username}`,
    url: domain === null ? uris.profile(username) : `https://${domain}/@${username}`,
    displayName: random.pick(speech.names),
    bio: random.chance(0.85) ? random.pick(speech.bios) : '',
    speech,
    joinedAt,
    isLocked: random.chance(0.1),
  }
}

/** Names in lower case; where many are taken, some get a number. */
function newName(random: Random, used: Set<string>, domain: string | null): string {
  for (let tries = 0; ; tries++) {
    const name = [
      random.pick(firstNames),
      ...(random.chance(0.45) ? [] : [random.pick(lastNames)]),
      ...(tries < 20 ? [] : [random.whole(2, 10 * tries)]),
    ].join('_')
    const key = domain === null ? name : `${name}@${domain}`
    if (used.has(key)) continue
    used.add(key)
    return name
  }
}
