/**
 * Whoever signs up with a mail address that has an account already gets an account all the same, with an address that is
 * nobody's: it is never confirmed, and looks in every way like one whose mail was not opened yet. So nobody learns by signing
 * up who has an account here.
 */
const host = 'address.invalid'

/** A new one. The domain is one that never exists (RFC 6761). */
export const placeholderAddress = (): string => `${crypto.randomUUID()}@${host}`

export const isPlaceholder = (email: string): boolean => email.endsWith(`@${host}`)
