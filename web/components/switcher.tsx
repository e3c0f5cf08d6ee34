/** The accounts that a browser is logged in to, and switching between them. */
import type { FC } from 'hono/jsx'
import { Avatar, Handle, Name } from './account.tsx'
import { Form } from './form.tsx'
import { Icon, type IconName } from './icons.tsx'
import { useMessages, usePage } from './page-context.ts'

type Props = {
  /** Own path to lead to after the switch. */
  returnTo?: string
  class?: string
}

/** A button for each of the browser's other accounts. */
export const OtherAccounts: FC<Props> = ({ returnTo = '/', class: className }) => {
  const { others, messages } = usePage()
  if (others.length === 0) return null
  return (
    <Form action="/switch" {...(className ? { class: className } : {})} label={messages.t('switcher.here')}>
      <input type="hidden" name="return_to" value={returnTo} />
      {others.map((account) => (
        <button
          type="submit"
          name="account"
          value={account.id}
          class="person-link"
          aria-label={messages.t('switcher.switchTo', { name: account.username })}
        >
          <Avatar account={account} size="small" />
          <span class="person-names">
            <Name account={account} />
            <Handle account={account} />
          </span>
        </button>
      ))}
    </Form>
  )
}

/** The menu of accounts beside the own one, on wide screens. */
export const AccountsMenu: FC = () => {
  const { others, messages } = usePage()
  const { t } = messages
  return (
    <details class="menu">
      <summary class="button-icon" title={t('switcher.accounts')}>
        <Icon name="people" />
        <span class="unseen">{t('switcher.accounts')}</span>
      </summary>
      <div class="menu-items">
        <OtherAccounts />
        <AddAccount />
        {others.length > 0 && (
          <Form action="/logout">
            <button name="all" value="1">
              {t('switcher.logOutAll')}
            </button>
          </Form>
        )}
      </div>
    </details>
  )
}

/** The link to log in to one more account. */
export const AddAccount: FC = () => <a href="/login?add=1">{useMessages().t('switcher.add')}</a>

/** Buttons to log out of this account, and of all. */
export const LogOutButtons: FC<{ class: string; icon?: IconName }> = ({ class: className, icon }) => {
  const { me, others, messages } = usePage()
  const { t } = messages
  const name = me?.account.username
  return (
    <Form action="/logout">
      <button class={className}>
        {icon && <Icon name={icon} />} {others.length > 0 && name ? t('switcher.logOut', { name }) : t('layout.logOut')}
      </button>
      {others.length > 0 && (
        <button class={className} name="all" value="1">
          {t('switcher.logOutAll')}
        </button>
      )}
    </Form>
  )
}
