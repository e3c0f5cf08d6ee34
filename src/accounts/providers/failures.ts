import { Refusal } from '../../platform/errors.ts'
/** Why a provider's answer is of no use, in words for people; the log has the reason. */
import { HttpError } from '../../platform/http/client.ts'
import { getLogger } from '../../platform/log.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { refuse } from '../../text/refusals.ts'

const log = getLogger('providers')

/** Errors by which a provider says that it is not well (RFC 6749, 4.1.2.1). */
const away = new Set(['server_error', 'temporarily_unavailable'])
/** Answers that are none: the provider, or something before it, is broken. */
const broken = new Set(['OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_PARSE_ERROR'])

/**
 * Runs a step of the protocol. Its errors become refusals.
 *
 * @throws Refusal `unavailable` if the provider is down, slow or broken; `unprocessable` if the person declined, or if the answer
 *   can't be trusted
 */
export async function withProvider<T>({ name, label }: ProviderSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) throw error
    const { code, error: said, status } = error as { code?: unknown; error?: unknown; status?: unknown }
    const isAnswer = code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR'
    if (isAnswer && !away.has(String(said))) throw refuse('unprocessable', 'providerDeclined', { provider: label })
    // Its messages name what is wrong, never a token or claim.
    log.warn('The sign-in by {provider} failed: {reason}', {
      provider: name,
      reason: [error instanceof Error ? error.message : 'unknown', code, said].filter(Boolean).join(' ').slice(0, 300),
    })
    const isAway =
      error instanceof HttpError || away.has(String(said)) || broken.has(String(code)) || Number(status) >= 500
    throw isAway
      ? refuse('unavailable', 'providerAway', { provider: label })
      : refuse('unprocessable', 'providerWrong', { provider: label })
  }
}
