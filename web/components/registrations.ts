import { type RegistrationMode, registrationModes } from '#src/rules/settings.ts'

const names = {
  open: 'Open – anybody can sign up',
  approval: 'By approval – a moderator looks at each sign-up',
  closed: 'Closed',
} as const satisfies Record<RegistrationMode, string>

export const registrationOptions = Object.entries(names)

/** Parses a form's registration mode; an unknown value means closed. */
export const toRegistrationMode = (text: string): RegistrationMode =>
  registrationModes.find((mode) => mode === text) ?? 'closed'
