/** What the rules about addresses say of a sign-up: those of its client, and its mail address. */
import type { App } from '../../platform/app.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { signUpRule } from '../../rules/addresses/current.ts'
import { mailRule } from '../../rules/addresses/mail.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { countDomainUse } from './mail-domain-uses.ts'

/** `needsApproval`: a moderator has to approve the sign-up, whatever the settings say. */
export type Admission = { needsApproval: boolean; problems: FieldProblem[] }

/** @throws Refusal `not_permitted` for a client whose network nobody signs up from */
export async function admission(app: Pick<App, 'config' | 'db'>, email: string, address: string): Promise<Admission> {
  const { db } = app
  const network = await signUpRule(db, address)
  if (network === 'blocked') throw refuse('not_permitted', 'networkBlocked')
  const { verdict, domainRules } = await mailRule(app, email.trim())
  await countDomainUse(db, domainRules, address)
  return {
    needsApproval: network === 'approval' || verdict === 'approval',
    problems: verdict === 'blocked' ? [mailBlocked()] : [],
  }
}

/**
 * The rule about a mail address that somebody with an account wants instead of theirs.
 *
 * @throws Refusal `invalid` for an address that is blocked
 */
export async function admitNewAddress(
  app: Pick<App, 'config' | 'db'>,
  email: string,
): Promise<Pick<Admission, 'needsApproval'>> {
  const { verdict } = await mailRule(app, email)
  const problem = mailBlocked()
  if (verdict === 'blocked') throw new Refusal('invalid', `Email ${problem.message}`, [problem])
  return { needsApproval: verdict === 'approval' }
}

const mailBlocked = (): FieldProblem => problemWith('email', 'ERR_BLOCKED', 'mailBlocked')
