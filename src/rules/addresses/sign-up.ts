/** What the rules about addresses say to a sign-up. */
import type { Reader } from '../../platform/db/index.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { type MailRule, mailRule } from './mail.ts'
import { networkSeverity } from './networks.ts'

/** `needsApproval`: a moderator approves the account, whatever the settings say. */
export type Admission = { problems: FieldProblem[]; needsApproval: boolean }

/**
 * Applies the rules about mail addresses and networks.
 *
 * @param address of the client
 * @throws Refusal `not_permitted` when nobody signs up from this network
 */
export async function admit(db: Reader, email: string, address: string): Promise<Admission> {
  const network = await networkSeverity(db, address)
  if (network === 'sign_up_block' || network === 'no_access') throw refuse('not_permitted', 'networkBlocked')
  const rule = await mailRule(db, email)
  const problem = mailProblem(rule)
  return {
    problems: problem ? [problem] : [],
    needsApproval: network === 'sign_up_requires_approval' || rule === 'approval',
  }
}

/**
 * Applies the rules about mail addresses to one that a person changes to.
 *
 * @throws Refusal `invalid` for an address that nobody may use here
 */
export async function requireUsable(db: Reader, email: string): Promise<{ needsApproval: boolean }> {
  const rule = await mailRule(db, email)
  const problem = mailProblem(rule)
  if (problem) throw new Refusal('invalid', `Email ${problem.message}`, [problem])
  return { needsApproval: rule === 'approval' }
}

/** The problem with a mail address that nobody may use here. */
function mailProblem(rule: MailRule | null): FieldProblem | null {
  if (rule === 'domain') return problemWith('email', 'ERR_BLOCKED', 'mailDomainBlocked')
  return rule === 'address' ? problemWith('email', 'ERR_BLOCKED', 'mailAddressBlocked') : null
}
