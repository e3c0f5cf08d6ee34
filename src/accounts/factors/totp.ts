/**
 * Codes of authenticator apps (RFC 6238), with what all apps know: SHA-1, 6 digits, a step of 30 seconds. The library is loaded when
 * it is first needed, as few requests need it.
 */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const

/** Steps by which the clock of the app may differ from ours, either way. */
const window = 1

/** A new secret of 160 bits, as RFC 4226 recommends, in base32. */
export async function newTotpSecret(): Promise<string> {
  const { Secret } = await import('otpauth')
  return new Secret({ size: 20 }).base32
}

/** The address by which an app takes a secret, also as QR code. */
export async function totpUri(secret: string, issuer: string, label: string): Promise<string> {
  const { Secret, TOTP } = await import('otpauth')
  // A colon would separate issuer and label.
  const plain = (text: string) => text.replaceAll(':', ' ')
  return new TOTP({ ...form, issuer: plain(issuer), label: plain(label), secret: Secret.fromBase32(secret) }).toString()
}

/**
 * The time step whose code this is: the number of periods since 1970.
 *
 * @param now milliseconds since 1970
 * @returns null for a wrong code
 */
export async function totpStepOf(secret: string, code: string, now = Date.now()): Promise<number | null> {
  if (!/^\d{6}$/.test(code)) return null
  const { Secret, TOTP } = await import('otpauth')
  const delta = TOTP.validate({ ...form, secret: Secret.fromBase32(secret), token: code, timestamp: now, window })
  return delta === null ? null : Math.floor(now / 1000 / form.period) + delta
}
