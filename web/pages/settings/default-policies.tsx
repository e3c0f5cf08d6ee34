/** The fields for who may interact with new posts, by their visibility. */
import type { FC } from 'hono/jsx'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import type { DefaultPolicies } from '#src/statuses/access/own-policy.ts'
import { useMessages } from '../../components/page-context.ts'
import { type Policy, PolicyFields, policyOf } from '../../components/policy-fields.tsx'
import type { Form } from '../../env.ts'

export type StoredPolicies = Pick<Preferences, 'defaultQuotePolicy' | 'defaultInteractionPolicies'>

/** The visibilities that one set of fields is for. Its first one is shown. */
const sets = { open: ['public', 'unlisted'], private: ['private'] } as const
type Name = keyof typeof sets
const names = Object.keys(sets) as Name[]

const words = { open: 'preferences.openPosts', private: 'preferences.privatePosts' } as const

export const DefaultPolicyFields: FC<{ stored: StoredPolicies }> = ({ stored }) => {
  const { t } = useMessages()
  return (
    <>
      {names.map((name) => (
        <div role="group" aria-labelledby={`policy-${name}`}>
          <p class="group-label" id={`policy-${name}`}>
            {t(words[name])}
          </p>
          <PolicyFields policy={shown(stored, name)} visibility={sets[name][0]} prefix={`${name}_`} />
        </div>
      ))}
    </>
  )
}

function shown({ defaultInteractionPolicies, defaultQuotePolicy }: StoredPolicies, name: Name): Policy {
  const { quoteManual = [], ...rules } = defaultInteractionPolicies[sets[name][0]] ?? {}
  const interactionPolicy = Object.keys(rules).length > 0 ? rules : null
  return { interactionPolicy, quotePolicy: defaultQuotePolicy, quoteManual }
}

/** The policies in the form. Those of visibilities whose fields were left as they are, or are missing, stay. */
export function defaultPoliciesOf(
  form: Form,
  stored: StoredPolicies,
): { quotePolicy?: Policy['quotePolicy']; policies: DefaultPolicies } {
  const policies: DefaultPolicies = { ...stored.defaultInteractionPolicies }
  for (const name of names) {
    const before = shown(stored, name)
    const wanted = { ...before, ...policyOf(form, { before: before.interactionPolicy, prefix: `${name}_` }) }
    if (JSON.stringify(wanted) === JSON.stringify(before)) continue
    for (const visibility of sets[name])
      policies[visibility] = { ...wanted.interactionPolicy, quoteManual: wanted.quoteManual }
  }
  const { quotePolicy } = policyOf(form, { prefix: 'open_' })
  return { policies, ...(quotePolicy ? { quotePolicy } : {}) }
}
