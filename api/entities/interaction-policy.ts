import type { InteractionPolicy, InteractionRule } from '#src/statuses/access/interaction-policy.ts'

/**
 * An interaction policy as GoToSocial's apps expect it, with the lists under their present and former names. The author may always
 * interact, and mentioned accounts may always reply.
 *
 * @see https://docs.gotosocial.org/en/latest/api/swagger/
 */
export const toInteractionPolicy = (policy: InteractionPolicy | null | undefined) => ({
  can_favourite: toRule(policy?.like, ['author']),
  can_reply: toRule(policy?.reply, ['author', 'mentioned']),
  can_reblog: toRule(policy?.announce, ['author']),
})

function toRule(rule: InteractionRule | undefined, always: string[]) {
  const automatic = rule ? [...new Set([...always, ...rule.automatic])] : ['public', ...always]
  const manual = rule?.manual ?? []
  return { automatic_approval: automatic, manual_approval: manual, always: automatic, with_approval: manual }
}
