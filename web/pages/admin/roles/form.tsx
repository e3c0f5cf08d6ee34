import type { FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { defaultRoleLimits } from '#src/accounts/roles/roles.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import {
  givenPermissions,
  highestLimit,
  highestPosition,
  managedRole,
  type ManagedRole,
  maxRoleName,
  type RoleInput,
} from '#src/moderation/roles.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { RoleId } from '#src/platform/ids.ts'
import { Check, Field, Form, Refused } from '../../../components/form.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { Permissions } from './permissions.tsx'

export const path = '/admin/roles'

const noRole: RoleInput = {
  name: '',
  permissions: [],
  position: 1,
  colour: '',
  isHighlighted: true,
  needsSecondFactor: false,
  maxCollections: null,
  maxInvites: null,
}

/** The role of a form. NaN is refused like any other wrong number. */
export function inputOf({ var: { form } }: C): RoleInput {
  const number = (name: string) => Number(form.text(name).trim() || Number.NaN)
  const limit = (name: string) => (form.text(name).trim() === '' ? null : number(name))
  return {
    name: form.text('name'),
    permissions: givenPermissions.filter((name) => form.texts('permission').includes(name)),
    position: number('position'),
    colour: form.isChecked('has_colour') ? form.text('colour') : '',
    isHighlighted: form.isChecked('highlighted'),
    needsSecondFactor: form.isChecked('second_factor'),
    maxCollections: limit('max_collections'),
    maxInvites: limit('max_invites'),
  }
}

/** A form that was refused, with what was typed. */
type Sent = { input?: RoleInput; refusal: Refusal }

export function newRolePage(c: C, sent?: Sent): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    t('roles.make'),
    <>
      <AdminHead here={path} />
      <RoleForm role={null} input={sent?.input ?? noRole} refusal={sent?.refusal ?? null} />
    </>,
    sent ? statusOf(sent.refusal) : 200,
  )
}

export async function rolePage(c: C, id: RoleId, sent?: Sent): Promise<Response> {
  const { db } = c.var.app
  const role = await managedRole(db, await staffMember(db, viewerOf(c).accountId), id)
  if (!role.isChangeable) throw notFound()
  const { t } = c.var.messages
  const input = { ...role, permissions: givenPermissions.filter((name) => hasPermission(role.permissions, name)) }
  return page(
    c,
    t('roles.changeOf', { name: role.builtIn === 'user' ? t('roles.everybody') : role.name }),
    <>
      <AdminHead here={path} />
      <RoleForm role={role} input={sent?.input ?? input} refusal={sent?.refusal ?? null} />
      {role.builtIn === null && <Deletion role={role} />}
    </>,
    sent ? statusOf(sent.refusal) : 200,
  )
}

type FormProps = { role: ManagedRole | null; input: RoleInput; refusal: Refusal | null }

const RoleForm: FC<FormProps> = ({ role, input, refusal }) => {
  const { t } = useMessages()
  const problems = refusal?.problems ?? []
  const title = role ? t('roles.changeOf', { name: role.name || t('roles.everybody') }) : t('roles.make')
  const isOwners = role?.builtIn === 'owner'
  const isEverybodys = role?.builtIn === 'user'
  return (
    <Form action={role ? `${path}/${role.id}` : path} class="sheet" label={title} unchecked>
      <h2>{title}</h2>
      <Refused refusal={refusal} />
      {isOwners && <p class="hint">{t('roles.ownersHint')}</p>}
      {isEverybodys && <p class="hint">{t('roles.everybodyHint')}</p>}
      {!isOwners && !isEverybodys && <Nature input={input} refusal={refusal} />}
      <Check
        name="second_factor"
        label={t('roles.secondFactor')}
        checked={input.needsSecondFactor}
        hint={t(isEverybodys ? 'roles.secondFactorEverybody' : 'roles.secondFactorHint')}
      />
      {!isOwners && !isEverybodys && <Permissions chosen={input.permissions} had={role?.permissions ?? 0n} />}
      {!isOwners && (
        <fieldset>
          <legend>{t('roles.numbers')}</legend>
          <p class="hint">
            {isEverybodys ? t('roles.numbersEverybody', { ...defaultRoleLimits }) : t('roles.numbersHint')}
          </p>
          <div class="pairs">
            <LimitField name="max_collections" value={input.maxCollections} problems={problems} />
            <LimitField name="max_invites" value={input.maxInvites} problems={problems} />
          </div>
        </fieldset>
      )}
      <div class="buttons">
        <button type="submit" class="button">
          {t(role ? 'common.save' : 'roles.makeNow')}
        </button>
        <a href={path} class="button button-quiet">
          {t('roles.back')}
        </a>
      </div>
    </Form>
  )
}

/** Name, position and badge. */
const Nature: FC<Pick<FormProps, 'input' | 'refusal'>> = ({ input, refusal }) => {
  const { t } = useMessages()
  const { viewer } = usePage().me ?? {}
  const problems = refusal?.problems ?? []
  const highest = Math.min(highestPosition, (viewer?.position ?? 0) - 1)
  return (
    <>
      <Field
        name="name"
        label={t('roles.name')}
        value={input.name}
        required
        maxlength={maxRoleName}
        problems={problems}
        autocomplete="off"
      />
      <Field
        name="position"
        type="number"
        inputmode="numeric"
        label={t('roles.position')}
        value={numberText(input.position)}
        required
        problems={problems}
        hint={t('roles.positionHint', { max: highest })}
      />
      <Check
        name="highlighted"
        label={t('roles.highlighted')}
        checked={input.isHighlighted}
        hint={t('roles.highlightedHint')}
      />
      <Check name="has_colour" label={t('roles.hasColour')} checked={input.colour !== ''} problems={problems} />
      <div class="field role-colour">
        <label for="colour">{t('roles.colour')}</label>
        <input id="colour" name="colour" type="color" value={input.colour || '#1d6a5a'} />
      </div>
    </>
  )
}

const LimitField: FC<{
  name: 'max_collections' | 'max_invites'
  value: number | null
  problems: Refusal['problems']
}> = ({ name, value, problems }) => {
  const { t } = useMessages()
  return (
    <Field
      name={name}
      type="number"
      inputmode="numeric"
      label={t(name === 'max_invites' ? 'roles.maxInvites' : 'roles.maxCollections', { max: highestLimit })}
      value={value === null ? '' : numberText(value)}
      problems={problems}
    />
  )
}

const numberText = (number: number): string => (Number.isNaN(number) ? '' : String(number))

const Deletion: FC<{ role: ManagedRole }> = ({ role }) => {
  const { t } = useMessages()
  return (
    <Form action={`${path}/${role.id}/delete`} class="sheet" label={t('roles.delete')}>
      <h2>{t('roles.delete')}</h2>
      <p>{t('roles.deleteHint', { count: role.holders ?? 0 })}</p>
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t('roles.deleteNow')}
        </button>
      </div>
    </Form>
  )
}
