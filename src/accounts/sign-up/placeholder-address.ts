/**
 * A sign-up with a mail address that has an account already creates an account all the same, with a placeholder address. It
 * is never confirmed, and looks like an account whose mail was not opened yet. So signing up does not reveal which addresses
 * have an account here.
 */
const host = 'address.invalid'

/** A new placeholder address. Its domain never exists (RFC 6761). */
export const placeholderAddress = (): string => `${crypto.randomUUID()}@${host}`

export const isPlaceholder = (email: string): boolean => email.endsWith(`@${host}`)
