import type { RemotePoll } from '#src/statuses/polls/receive.ts'
import { cleanName } from '#src/text/clean.ts'
import {
  asList,
  countOf,
  dateOf,
  isObject,
  isTrue,
  type JsonObject,
  maxCount,
  textOf,
  totalOf,
} from '../documents/json.ts'

const maxOptions = 20
const maxTitleLength = 500

/** Parses the options and counts of a Question; null for one without options. */
export function parsePoll(json: JsonObject): RemotePoll | null {
  const isMultiple = asList(json['anyOf']).length > 0
  const options = asList(isMultiple ? json['anyOf'] : json['oneOf'])
    .filter(isObject)
    .slice(0, maxOptions)
    .map((option) => ({ title: cleanName(textOf(option, 'name') ?? '', maxTitleLength), votesCount: votesOf(option) }))
  if (options.length === 0 || options.some(({ title }) => title === '')) return null
  const votes = options.map(({ votesCount }) => votesCount)
  // Not all servers send the number of voters. With one vote each it is the sum; with several, at least the largest count of an option.
  const atLeast = isMultiple ? Math.max(...votes) : votes.reduce((sum, each) => sum + each, 0)
  const stated = countOf(json['votersCount'])
  // It can't be smaller than the largest count of an option, whatever is stated.
  return {
    kind: isMultiple ? 'multiple' : 'single',
    options,
    expiresAt: endOf(json),
    votersCount: Math.min(Math.max(stated ?? atLeast, ...votes), maxCount),
  }
}

/** Some servers state only that a poll is closed, but not since when. */
function endOf(json: JsonObject): Date | null {
  const end = dateOf(json['closed']) ?? dateOf(json['endTime'])
  if (isTrue(json['closed']) && (end === null || end.getTime() > Date.now())) return new Date()
  return end
}

/** Misskey also has its own name for the count. */
const votesOf = (option: JsonObject): number => totalOf(option['replies']) ?? countOf(option['_misskey_votes']) ?? 0
