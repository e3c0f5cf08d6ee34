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

/** What a Question asks, and how it stands; null for one that offers nothing to choose. */
export function parsePoll(json: JsonObject): RemotePoll | null {
  const isMultiple = asList(json['anyOf']).length > 0
  const options = asList(isMultiple ? json['anyOf'] : json['oneOf'])
    .filter(isObject)
    .slice(0, maxOptions)
    .map((option) => ({ title: cleanName(textOf(option, 'name') ?? '', maxTitleLength), votesCount: votesOf(option) }))
  if (options.length === 0 || options.some(({ title }) => title === '')) return null
  const votes = options.map(({ votesCount }) => votesCount)
  // Not all servers say how many people voted. With one vote each it is the sum; with several, at least as many as chose one option.
  const counted = isMultiple ? Math.max(...votes) : votes.reduce((sum, each) => sum + each, 0)
  const told = countOf(json['votersCount'])
  // Nor can fewer have voted than chose one option, whatever they say.
  return {
    kind: isMultiple ? 'multiple' : 'single',
    options,
    expiresAt: endOf(json),
    votersCount: Math.min(Math.max(told ?? counted, ...votes), maxCount),
  }
}

/** Some servers say only that it is closed, but not since when. */
function endOf(json: JsonObject): Date | null {
  const end = dateOf(json['closed']) ?? dateOf(json['endTime'])
  if (isTrue(json['closed']) && (end === null || end.getTime() > Date.now())) return new Date()
  return end
}

/** Misskey has a name of its own for it, too. */
const votesOf = (option: JsonObject): number => totalOf(option['replies']) ?? countOf(option['_misskey_votes']) ?? 0
