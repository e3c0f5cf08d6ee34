import { type RegistrationMode, registrationModes } from '#src/rules/settings.ts'
import type { Messages } from '#src/text/messages.ts'

/** Registration modes for a select box. */
export const registrationOptions = ({ t }: Messages): [RegistrationMode, string][] => [
  ['open', t('registrations.open')],
  ['approval', t('registrations.approval')],
  ['invitation', t('registrations.invitation')],
  ['closed', t('registrations.closed')],
]

/** Parses a form's registration mode; an unknown value means closed. */
export const toRegistrationMode = (text: string): RegistrationMode =>
  registrationModes.find((mode) => mode === text) ?? 'closed'
