import type { Child, FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { Avatar, Handle, Name, nameOf, profilePath } from './account.tsx'
import { Form } from './form.tsx'
import { useMessages } from './page-context.ts'

type Button = { name: string; label: string; class?: string }
type Props = {
  action: string
  label: string
  /** Where the form returns to. */
  back: string
  people: readonly AccountView[]
  /** What stands below the names of a person. */
  factsOf: (account: AccountView) => Child
  /** What can be done with the ticked people. */
  buttons: readonly Button[]
}

/** People with boxes to tick, and buttons for all of the ticked ones: one form. */
export const PickList: FC<Props> = ({ action, label, back, people, factsOf, buttons }) => {
  const { t } = useMessages()
  return (
    <Form action={action} label={label}>
      <input type="hidden" name="return_to" value={back} />
      <div class="people">
        {people.map((account) => (
          <article class="person account-entry" id={`person-${account.id}`}>
            <label class="approval-pick">
              <input
                type="checkbox"
                name="pick"
                value={account.id}
                aria-label={t('relations.pick', { name: nameOf(account) })}
              />
            </label>
            <div class="account-entry-body">
              <a href={profilePath(account)} class="person-link">
                <Avatar account={account} />
                <span class="person-names">
                  <Name account={account} />
                  <Handle account={account} />
                </span>
              </a>
              {factsOf(account)}
            </div>
          </article>
        ))}
      </div>
      <div class="buttons pick-buttons">
        {buttons.map(({ name, label: text, class: className = 'button button-quiet' }) => (
          <button type="submit" name="do" value={name} class={className}>
            {text}
          </button>
        ))}
      </div>
    </Form>
  )
}
