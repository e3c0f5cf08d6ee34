const codes = `ar bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kn ko lt lv ml mr ms nb nl nn pa pl pt
  ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh`.split(/\s+/)

const names = new Intl.DisplayNames(['en'], { type: 'language' })

/** Languages to choose from, by their English names; the first says that none is meant. */
export const languageOptions: (readonly [string, string])[] = [
  ['', 'Not specified'],
  ...codes.map((code) => [code, names.of(code) ?? code] as const).toSorted((a, b) => a[1].localeCompare(b[1], 'en')),
]

export const isLanguage = (code: string): boolean => codes.includes(code)
