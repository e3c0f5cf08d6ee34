/** GoToSocial's parameters for interaction policies: a rule a kind, each with two lists, in their present and former names. */
import type { InteractionPolicy, InteractionRule } from '#src/statuses/access/interaction-policy.ts'
import { hashIfGiven, listIfGiven, type Params, text } from './params.ts'

const names = () => listIfGiven(text(), 50)
const rule = () =>
  hashIfGiven({ automatic_approval: names(), manual_approval: names(), always: names(), with_approval: names() })

const policy = { can_favourite: rule(), can_reply: rule(), can_reblog: rule() }

/** A policy. A kind without a rule lets everybody interact. */
export const interactionPolicyParam = () => hashIfGiven(policy)
type Given = Params<typeof policy>
type GivenRule = NonNullable<Given['can_reply']>

export function toPolicy({ can_favourite: like, can_reply: reply, can_reblog: announce }: Given): InteractionPolicy {
  return {
    ...(like ? { like: toRule(like) } : {}),
    ...(reply ? { reply: toRule(reply, ['mentioned']) } : {}),
    ...(announce ? { announce: toRule(announce) } : {}),
  }
}

/** @param implied groups that always may, besides the author */
function toRule(given: GivenRule, implied: readonly string[] = []): InteractionRule {
  const namesOf = (list: string[] | undefined = []) =>
    list.filter((name) => name !== 'author' && name !== 'me' && !implied.includes(name))
  return {
    automatic: namesOf(given.automatic_approval ?? given.always),
    manual: namesOf(given.manual_approval ?? given.with_approval),
  }
}
