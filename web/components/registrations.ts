import { type InstanceSettings, type RegistrationMode, registrationModes } from '#src/rules/settings.ts'
import type { Messages } from '#src/text/messages.ts'

/** Registration modes for a select box. */
export const registrationOptions = ({ t }: Messages): [RegistrationMode, string][] => [
  ['open', t('registrations.open')],
  ['approval', t('registrations.approval')],
  ['invitation', t('registrations.invitation')],
  ['closed', t('registrations.closed')],
]

/** Whether people may sign up without an invitation. */
export const takesAnybody = ({ registrations }: Pick<InstanceSettings, 'registrations'>): boolean =>
  registrations === 'open' || registrations === 'approval'

type Inviters = InstanceSettings['inviters']

/** The people who may invite, for a select box. */
export const inviterOptions = ({ t }: Messages): [Inviters, string][] => [
  ['nobody', t('registrations.invitersNobody')],
  ['staff', t('registrations.invitersStaff')],
  ['users', t('registrations.invitersUsers')],
]

/** Parses a form's choice of inviters; an unknown value means nobody. */
export const toInviters = (text: string): Inviters => (text === 'users' || text === 'staff' ? text : 'nobody')

/** Parses a form's registration mode; an unknown value means closed. */
export const toRegistrationMode = (text: string): RegistrationMode =>
  registrationModes.find((mode) => mode === text) ?? 'closed'
