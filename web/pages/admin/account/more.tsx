import type { FC } from 'hono/jsx'
import type { StaffRole } from '#src/accounts/roles/roles.ts'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { Action, Check, Field, Form, Kept, Refused, Select } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { PartProps } from './parts.ts'

type Props = PartProps & { roles: StaffRole[]; staff: Staff }

/** Rarer actions, behind one heading: ways in, role, address, profile, memorial, deletion. */
export const More: FC<Props> = (props) => {
  const { t } = useMessages()
  const { overview, refusalAt, isKept } = props
  const { account } = overview
  const isOpen = (['more', 'role', 'address', 'profile', 'purge'] as const).some(
    (form) => refusalAt(form) !== null || isKept(form),
  )
  return (
    <details class="sheet account-more" open={isOpen}>
      <summary>
        <h2>{t('staffAccount.more')}</h2>
      </summary>
      <Refused refusal={refusalAt('more')} />
      <Buttons {...props} />
      {account.user && props.may('manage_roles') && <RoleForm {...props} />}
      {account.user && props.may('manage_user_access') && <AddressForm {...props} />}
      {props.may('manage_users') && <ProfileForm {...props} />}
      {props.may('delete_user_data') &&
        (account.suspendedBy === 'moderator' ? (
          <PurgeForm {...props} />
        ) : (
          <p class="hint">{t('staffAccount.purgeAfter')}</p>
        ))}
    </details>
  )
}

const Buttons: FC<Props> = ({ overview: { account }, path, may }) => {
  const { t } = useMessages()
  const { user, username } = account
  const button = (verb: string, label: string) => (
    <Action action={`${path}/${verb}`} label={label} class="button button-quiet">
      {label}
    </Action>
  )
  return (
    <div class="buttons">
      {!user && may('manage_users') && button('refetch', t('staffAccount.refetch'))}
      {user && may('manage_users', 'manage_user_access') && button('end-sessions', t('staffAccount.endSessions'))}
      {user && may('manage_user_access') && (
        <a href={`${path}/reset-password`} class="button button-quiet">
          {t('staffAccount.resetPassword')}
        </a>
      )}
      {user?.hasSecondFactor && may('manage_user_access') && (
        <a href={`/admin/accounts/reset-factors?name=${username}`} class="button button-quiet">
          {t('staffAccount.resetFactors')}
        </a>
      )}
      {user &&
        may('delete_user_data') &&
        (account.isMemorial ? (
          button('unmemorial', t('staffAccount.unmemorial'))
        ) : (
          <a href={`${path}/memorial`} class="button button-quiet">
            {t('staffAccount.memorial')}
          </a>
        ))}
    </div>
  )
}

const RoleForm: FC<Props> = ({ overview, roles, staff, path, refusalAt, isKept, values }) => {
  const { t } = useMessages()
  const below = roles.filter(({ position }) => position < staff.position)
  return (
    <Form action={`${path}/role`} label={t('staffAccount.changeRole')}>
      <h3>{t('staffAccount.changeRole')}</h3>
      <Refused refusal={refusalAt('role')} />
      {isKept('role') && <Kept />}
      <input type="hidden" name="form" value="role" />
      <input type="hidden" name="return_to" value={path} />
      <Select
        name="role"
        label={t('staffAccount.changeRole')}
        hidesLabel
        value={values('role', 'role') || (overview.role?.id ?? '')}
        options={below.map(({ id, name }) => [id, name || t('roles.everybody')] as const)}
      />
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('staffAccount.changeRoleNow')}
        </button>
      </div>
    </Form>
  )
}

const AddressForm: FC<Props> = ({ path, refusalAt, isKept, values }) => {
  const { t } = useMessages()
  return (
    <Form action={`${path}/address`} label={t('staffAccount.changeAddress')}>
      <h3>{t('staffAccount.changeAddress')}</h3>
      <Refused refusal={refusalAt('address')} />
      {isKept('address') && <Kept />}
      <input type="hidden" name="form" value="address" />
      <input type="hidden" name="return_to" value={path} />
      <Field
        name="email"
        type="email"
        label={t('staffAccount.email')}
        value={values('address', 'email')}
        hint={t('staffAccount.changeAddressHint')}
        autocomplete="off"
        maxlength={254}
        required
      />
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('staffAccount.changeAddressNow')}
        </button>
      </div>
    </Form>
  )
}

const ProfileForm: FC<Props> = ({ overview: { account }, path, refusalAt }) => {
  const { t } = useMessages()
  const isLocal = account.domain === null
  const checks = [
    ['avatar', t('staffAccount.removeAvatar')],
    ['header', t('staffAccount.removeHeader')],
    ...(isLocal
      ? ([
          ['note', t('staffAccount.removeNote')],
          ['fields', t('staffAccount.removeFields')],
        ] as const)
      : []),
  ] as const
  return (
    <Form action={`${path}/profile`} label={t('staffAccount.changeProfile')}>
      <h3>{t('staffAccount.changeProfile')}</h3>
      <Refused refusal={refusalAt('profile')} />
      {isLocal && (
        <>
          <input type="hidden" name="was" value={account.displayName} />
          <Field
            name="displayName"
            label={t('staffAccount.changeName')}
            value={account.displayName}
            hint={t('staffAccount.changeProfileHint')}
            autocomplete="off"
          />
        </>
      )}
      {!isLocal && <p class="hint">{t('staffAccount.changeProfileHintRemote')}</p>}
      {checks.map(([name, label]) => (
        <Check name={name} label={label} checked={false} />
      ))}
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('staffAccount.changeProfileNow')}
        </button>
      </div>
    </Form>
  )
}

const PurgeForm: FC<Props> = ({ path, refusalAt, isKept, values }) => {
  const { t } = useMessages()
  return (
    <Form action={`${path}/purge`} label={t('staffAccount.purge')}>
      <h3>{t('staffAccount.purge')}</h3>
      <Refused refusal={refusalAt('purge')} />
      {isKept('purge') && <Kept />}
      <input type="hidden" name="form" value="purge" />
      <input type="hidden" name="return_to" value={path} />
      <Field
        name="name"
        label={t('staffAccount.purgeName')}
        value={values('purge', 'name')}
        hint={t('staffAccount.purgeHint')}
        autocomplete="off"
        autocapitalize="none"
        required
      />
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t('staffAccount.purge')}
        </button>
      </div>
    </Form>
  )
}
