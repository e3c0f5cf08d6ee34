/** Formats the messages of the catalogue for a language. */
import { IntlMessageFormat } from 'intl-messageformat'
import { catalogues, type Locale, locales, type MessageKey } from './catalogue.ts'

type Value = string | number | bigint | boolean | Date | null | undefined

/** Formats messages of one language. Plain text: the caller escapes it, as JSX does. */
export type Messages = {
  locale: Locale
  /**
   * A message as text.
   *
   * @throws when the message needs a value that is missing
   */
  t(key: MessageKey, values?: Record<string, Value>): string
  /**
   * A message with elements: a tag `<name>…</name>` of the message is made by the function of that name, and a value may be an
   * element itself. Returns the parts in order.
   */
  rich<T>(key: MessageKey, values: Record<string, Value | T | ((children: (string | T)[]) => T)>): (string | T)[]
}

/** The messages of a language. */
export const messagesIn = (locale: Locale): Messages => byLocale[locale]

const byLocale = Object.fromEntries(locales.map((locale) => [locale, make(locale)])) as Record<Locale, Messages>

/**
 * The language to use.
 *
 * @param wanted language tags, the preferred one first: those of a person's settings and of `Accept-Language`
 */
export function bestLocale(wanted: readonly (string | null | undefined)[]): Locale {
  for (const tag of wanted) {
    const language = tag?.toLowerCase().split('-')[0]
    const known = locales.find((locale) => locale.toLowerCase() === tag?.toLowerCase() || locale === language)
    if (known) return known
  }
  return 'en'
}

/** The language tags of an `Accept-Language` header, the preferred one first (RFC 9110 section 12.5.4). */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 1_000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

function make(locale: Locale): Messages {
  // Most messages are plain text, which needs no parser; the others are parsed once.
  const formats = new Map<string, IntlMessageFormat>()
  const textOf = (key: MessageKey): string => {
    const text = catalogues[locale].get(key) ?? catalogues.en.get(key)
    if (text === undefined) throw new Error(`No message ${key}`)
    return text
  }
  const formatOf = (key: MessageKey): IntlMessageFormat => {
    let format = formats.get(key)
    if (!format) formats.set(key, (format = new IntlMessageFormat(textOf(key), locale)))
    return format
  }
  return {
    locale,
    t(key, values) {
      const text = textOf(key)
      return /[{<']/.test(text) ? String(formatOf(key).format(values)) : text
    },
    rich<T>(key: MessageKey, values: Record<string, Value | T | ((children: (string | T)[]) => T)>) {
      const parts = formatOf(key).format<T>(values as never)
      return (Array.isArray(parts) ? parts : [parts]) as (string | T)[]
    },
  }
}
