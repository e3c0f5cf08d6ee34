/** Accepting rules and terms, as newcomers do. */
import type { FC } from 'hono/jsx'
import { loadText } from '#src/instance/texts.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import { problemWith } from '#src/text/refusals.ts'
import type { C } from '../env.ts'
import { Check } from './form.tsx'
import { useMessages } from './page-context.ts'

/** What there is for newcomers to accept. */
export async function toAccept(c: C): Promise<{ hasRules: boolean; hasTerms: boolean }> {
  const { db } = c.var.app
  const [rules, terms] = await Promise.all([loadRules(db), loadText(db, 'termsOfService')])
  return { hasRules: rules.length > 0, hasTerms: terms !== null }
}

/** What is wrong with a form without the box, where there is something to accept. */
export async function agreementProblems(c: C): Promise<FieldProblem[]> {
  const isAsked = Object.values(await toAccept(c)).some(Boolean)
  return isAsked && !c.var.form.isChecked('agreement')
    ? [problemWith('agreement', 'ERR_ACCEPTED', 'mustBeAccepted')]
    : []
}

/** The box by which newcomers accept rules and terms; nothing where there are none. */
export const Agreement: FC<{
  hasRules: boolean
  hasTerms: boolean
  checked: boolean
  problems: readonly FieldProblem[]
}> = ({ hasRules, hasTerms, checked, problems }) => {
  const { rich } = useMessages()
  if (!hasRules && !hasTerms) return null
  const key = hasRules && hasTerms ? 'signUp.agreeBoth' : hasRules ? 'signUp.agreeRules' : 'signUp.agreeTerms'
  return (
    <Check
      name="agreement"
      label={
        <>
          {rich(key, {
            rules: (children) => <a href="/about#rules">{children}</a>,
            terms: (children) => <a href="/terms-of-service">{children}</a>,
          })}
        </>
      }
      checked={checked}
      problems={problems}
      required
    />
  )
}
