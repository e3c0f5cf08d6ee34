/** Identifies this server to push services (RFC 8292): a token signed with the server key that apps subscribed with. */
import type { Secrets } from '../../platform/secrets.ts'

const validSeconds = 12 * 3_600

/**
 * A token for the push service of an endpoint.
 *
 * @param contact an https or mailto URL by which the push service's operators reach this server's
 */
export function vapidToken(
  secrets: Pick<Secrets, 'vapidSign'>,
  endpoint: string,
  contact: string,
  now = Date.now(),
): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(now / 1_000) + validSeconds, sub: contact }
  const signed = [{ typ: 'JWT', alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${secrets.vapidSign(signed)}`
}
