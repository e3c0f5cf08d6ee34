/**
 * A client for LibreTranslate. The admin configures its server, which may be in a private network, so requests to it don't go through the
 * client that guards against addresses from strangers.
 *
 * @see https://docs.libretranslate.com/guides/api_usage
 */
import { Agent, request } from 'undici'
import type { Refusal } from '../../platform/errors.ts'
import { getLogger } from '../../platform/log.ts'
import { refuse } from '../refusals.ts'

export type Endpoint = Readonly<{ url: string; apiKey: string | undefined }>
export type TranslatorLanguage = { code: string; targets: string[] }
export type Translated = { texts: string[]; detected: string | null }

const log = getLogger('translation')
const timeoutMs = 20_000
const maxBytes = 1_048_576

/** The languages of the server, and the languages that each can be translated into. @throws Refusal `unavailable` */
export async function fetchLanguages(endpoint: Endpoint): Promise<TranslatorLanguage[]> {
  const answer = await ask(endpoint, 'GET', 'languages')
  if (!Array.isArray(answer)) throw unavailable('The list of languages has an unknown form')
  const languages = answer
    .filter(isObject)
    .flatMap(({ code, targets }) => (typeof code === 'string' ? [{ code, targets }] : []))
  const codes = languages.map(({ code }) => code)
  // Old versions don't list the targets: each language can be translated into all others.
  return languages.map(({ code, targets }) => ({
    code,
    targets: (Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : codes).filter(
      (target) => target !== code,
    ),
  }))
}

/**
 * Translates pieces of HTML.
 *
 * @param source null: the server detects the language
 * @throws Refusal `unavailable`
 */
export async function translateHtml(
  endpoint: Endpoint,
  texts: string[],
  source: string | null,
  target: string,
): Promise<Translated> {
  const answer = await ask(endpoint, 'POST', 'translate', {
    q: texts,
    source: source ?? 'auto',
    target,
    format: 'html',
    ...(endpoint.apiKey ? { api_key: endpoint.apiKey } : {}),
  })
  const translated = isObject(answer) ? answer['translatedText'] : null
  if (
    !isObject(answer) ||
    !Array.isArray(translated) ||
    translated.length !== texts.length ||
    !translated.every((text) => typeof text === 'string')
  ) {
    throw unavailable('The translation has an unknown form')
  }
  const [detected] = [answer['detectedLanguage']].flat()
  return {
    texts: translated,
    detected: isObject(detected) && typeof detected['language'] === 'string' ? detected['language'] : null,
  }
}

async function ask({ url }: Endpoint, method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const agent = new Agent()
  try {
    const answer = await request(`${url.replace(/\/+$/, '')}/${path}`, {
      dispatcher: agent,
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (answer.statusCode !== 200) throw new Error(`Answered with status ${answer.statusCode}`)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new Error('The answer is too large')
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (error) {
    throw unavailable((error as Error).message)
  } finally {
    await agent.destroy()
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function unavailable(reason: string): Refusal {
  log.warn('The translation service fails: {reason}', { reason })
  return refuse('unavailable', 'translationAway')
}
