import type { Messages } from './messages.ts'

/**
 * Browsers by their User-Agent header. The first match counts, as later names are part of other browsers' headers,
 * too.
 */
const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/** A short name of a browser, such as `Firefox on Linux`, by which people recognize their own. */
export function browserName(userAgent: string, { t }: Messages): string {
  const named = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1]
  const [browser, system] = [named(browsers), named(systems)]
  if (!browser) return userAgent.slice(0, 60) || t('common.unknownBrowser')
  return system ? t('common.browserOn', { browser, system }) : browser
}
