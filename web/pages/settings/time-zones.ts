type Option = readonly [value: string, text: string]
type Group = readonly [heading: string, options: readonly Option[]]

/** The time zones of the tz database for a select box, by continent or ocean. */
export function timeZoneGroups(others: string): Group[] {
  const byArea = new Map<string, Option[]>()
  for (const name of ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]) {
    const [area = '', ...places] = name.split('/')
    const heading = places.length > 0 ? area : others
    byArea.set(heading, [
      ...(byArea.get(heading) ?? []),
      [name, (places.length > 0 ? places : [area]).map(words).join(', ')],
    ])
  }
  return [...byArea].toSorted(([a], [b]) => Number(a === others) - Number(b === others) || a.localeCompare(b, 'en'))
}

const words = (part: string): string => part.replaceAll('_', ' ')
