/** Languages of posts, for forms: ISO 639-1, sorted by their English names. */
const codes =
  `ar bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kn ko lt lv ml mr ms nb nl nn pa pl pt
  ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh`.split(/\s+/)

const names = new Intl.DisplayNames(['en'], { type: 'language' })

export type Language = { code: string; name: string }

export const languages: readonly Language[] = codes
  .map((code) => ({ code, name: names.of(code) ?? code }))
  .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
