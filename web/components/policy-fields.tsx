/** The fields of the interaction policy of a post: replies, favourites, boosts and quotes. */
import type { FC } from 'hono/jsx'
import type { InteractionPolicy, InteractionRule } from '#src/statuses/access/interaction-policy.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import type { QuoteGroup, QuotePolicy } from '#src/statuses/quotes/policy.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import type { Form } from '../env.ts'
import { Check, Select } from './form.tsx'
import { useMessages } from './page-context.ts'

/** A policy as the core takes it. */
export type Policy = {
  /** Null: everybody may reply, favourite and boost. */
  interactionPolicy: InteractionPolicy | null
  quotePolicy: QuotePolicy
  /** Groups that may ask to quote. */
  quoteManual: QuoteGroup[]
}

const kinds = [
  ['reply', 'approvals.mayReply', 'approvals.askReply'],
  ['like', 'approvals.mayFavourite', 'approvals.askFavourite'],
  ['announce', 'approvals.mayBoost', 'approvals.askBoost'],
] as const

type Choice = 'everybody' | 'followers' | 'following' | 'nobody' | 'kept'

/** The names in the first list of a rule, by choice. */
const names: Record<Exclude<Choice, 'kept'>, readonly string[]> = {
  everybody: ['public'],
  followers: ['followers'],
  following: ['following'],
  nobody: [],
}
const choices = Object.keys(names) as Exclude<Choice, 'kept'>[]

type Props = {
  policy: Policy
  /** The visibility of an existing post: only the author can boost or quote one that is neither public nor unlisted. */
  visibility?: string
  /** Distinguishes several sets of fields in one form. */
  prefix?: string
  /** Whether the fields are shown without a click; by default only where the policy limits anything. */
  open?: boolean
}

/** The fields, collapsed under “Who may …”. `policyOf` reads them. */
export const PolicyFields: FC<Props> = ({ policy, visibility = 'public', prefix = '', open = isLimited(policy) }) => {
  const { t } = useMessages()
  const { interactionPolicy, quotePolicy, quoteManual } = policy
  const shown = isOpen(visibility) ? kinds : kinds.filter(([kind]) => kind !== 'announce')
  return (
    <details class="policy" open={open}>
      <summary>{t('approvals.mayLegend')}</summary>
      <div class="policy-fields">
        {shown.map(([kind, label, asking]) => {
          const choice = choiceOf(interactionPolicy?.[kind])
          const options = choice === 'kept' ? [...choices, choice] : choices
          return (
            <div class="policy-field">
              <Select
                name={`${prefix}may_${kind}`}
                label={t(label)}
                value={choice}
                options={options.map((option) => [option, t(textOf(option, kind))] as const)}
              />
              <Check name={`${prefix}ask_${kind}`} label={t(asking)} checked={asks(interactionPolicy?.[kind])} />
            </div>
          )
        })}
        {isOpen(visibility) && (
          <div class="policy-field">
            <Select
              name={`${prefix}may_quote`}
              label={t('approvals.mayQuote')}
              value={quotePolicy}
              options={[
                ['public', t('approvals.everybody')],
                ['followers', t('approvals.followers')],
                ['nobody', t('approvals.nobody')],
              ]}
            />
            <Check name={`${prefix}ask_quote`} label={t('approvals.askQuote')} checked={quoteManual.length > 0} />
          </div>
        )}
      </div>
    </details>
  )
}

/** Whether a policy limits anything. */
const isLimited = ({ interactionPolicy, quotePolicy }: Policy): boolean =>
  interactionPolicy !== null || quotePolicy !== 'public'

/** Mentioned accounts may always reply. */
const textOf = (choice: Choice, kind: keyof InteractionPolicy): MessageKey =>
  choice === 'nobody' && kind === 'reply' ? 'approvals.mentioned' : `approvals.${choice}`

/** The choice of a rule; `kept` for one that these fields can't express. */
function choiceOf(rule: InteractionRule | undefined): Choice {
  if (!rule) return 'everybody'
  if (rule.manual.some((name) => name !== 'public')) return 'kept'
  const wanted = rule.automatic.join()
  return choices.find((choice) => names[choice].join() === wanted) ?? 'kept'
}

const asks = (rule: InteractionRule | undefined): boolean => rule?.manual.includes('public') ?? false

/**
 * The policy in a form with these fields. A part whose fields the form lacks is left out, so that the core takes the author's default,
 * or leaves the post's policy unchanged.
 *
 * @param before the policy that the fields showed, for rules that they can't express
 */
export function policyOf(
  form: Pick<Form, 'text' | 'isChecked'>,
  { before = null, prefix = '' }: { before?: InteractionPolicy | null; prefix?: string } = {},
): Partial<Policy> {
  const rules = kinds.flatMap(([kind]) => {
    const rule = ruleOf(form.text(`${prefix}may_${kind}`), form.isChecked(`${prefix}ask_${kind}`), before?.[kind])
    return rule ? [[kind, rule] as const] : []
  })
  const quotePolicy = form.text(`${prefix}may_quote`)
  return {
    ...(form.isChecked(`${prefix}may_reply`)
      ? { interactionPolicy: rules.length > 0 ? Object.fromEntries(rules) : null }
      : {}),
    ...(isQuotePolicy(quotePolicy)
      ? { quotePolicy, quoteManual: form.isChecked(`${prefix}ask_quote`) ? ['public'] : [] }
      : {}),
  }
}

function ruleOf(choice: string, isAsking: boolean, before: InteractionRule | undefined): InteractionRule | undefined {
  if (choice === 'kept') return before
  if (!Object.hasOwn(names, choice) || choice === 'everybody') return undefined
  return { automatic: [...names[choice as keyof typeof names]], manual: isAsking ? ['public'] : [] }
}

const isQuotePolicy = (text: string): text is QuotePolicy =>
  text === 'public' || text === 'followers' || text === 'nobody'
