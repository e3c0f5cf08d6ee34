/** Handles as people read them. Machines compare, store and send hosts by their A-labels. */
import { domainToASCII, domainToUnicode } from 'node:url'

/** `alice` of this server, `ida@bücher.example` of another one. */
export const acctOf = ({ username, domain }: { username: string; domain: string | null }): string =>
  domain === null ? username : `${username}@${shownHost(domain)}`

/** The same in the form of machines, as for paths: `ida@xn--bcher-kva.example`. */
export const codedAcct = ({ username, domain }: { username: string; domain: string | null }): string =>
  domain === null ? username : `${username}@${domain}`

/** A host, with or without port, as people write it. A name that looks like another one stays coded, as in browsers. */
export function shownHost(host: string): string {
  if (!host.includes('xn--')) return host
  const [, name = '', port = ''] = /^([^:]*)(:\d+)?$/.exec(host) ?? []
  const shown = domainToUnicode(name)
  return shown !== '' && domainToASCII(shown) === name && isPlain(shown) ? shown + port : host
}

/**
 * Scripts that may stand together in a label: one, or those in which one language is written.
 *
 * @see https://www.unicode.org/reports/tr39/#Restriction_Level_Detection "Highly Restrictive"
 */
const combinableScripts = [
  ...[
    'Latin',
    'Cyrillic',
    'Greek',
    'Arabic',
    'Hebrew',
    'Armenian',
    'Georgian',
    'Devanagari',
    'Bengali',
    'Gurmukhi',
    'Gujarati',
    'Oriya',
    'Tamil',
    'Telugu',
    'Kannada',
    'Malayalam',
    'Sinhala',
    'Thai',
    'Lao',
    'Tibetan',
    'Myanmar',
    'Khmer',
    'Ethiopic',
    'Mongolian',
  ].map((script) => [script]),
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
].map(
  (scripts) =>
    new RegExp(
      `^[${scripts.map((script) => `\\p{scx=${script}}`).join('')}\\p{Nd}\\p{scx=Common}\\p{scx=Inherited}-]+$`,
      'u',
    ),
)

/** The characters that names need; others are signs, blanks and invisible marks. */
const letters = /^[\p{L}\p{M}\p{Nd}·・ー-]+$/u

/** Letters of other alphabets that look like Latin ones: a name of nothing else looks like a Latin name. */
const lookalikes = /^[аысԁеԍһіюјӏорԗԛѕԝхуъЬҽпгѵѡΑΒΕΖΗΙΚΜΝΟΡΤΥΧαιοκνρτυχ0-9-]+$/u

function isPlain(host: string): boolean {
  const labels = host.split('.')
  const isLatinTop = /^[a-z0-9-]+$/.test(labels.at(-1) ?? '')
  return labels.every(
    (label) =>
      /^[a-z0-9_-]+$/.test(label) ||
      (letters.test(label) &&
        combinableScripts.some((scripts) => scripts.test(label)) &&
        !(isLatinTop && lookalikes.test(label))),
  )
}
