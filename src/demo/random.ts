/** Random numbers that are the same for the same seed, so that a demo can be repeated. */
export type Random = {
  /** From 0 to below 1. */
  next(): number
  /** A whole number from `min` to `max`. */
  whole(min: number, max: number): number
  /** True with this probability, from 0 to 1. */
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T
  /** Like `pick`, but the first ones far more often, as with popularity. */
  pickEarly<T>(list: readonly T[]): T
  /** Up to `count` different ones, the first ones more often. */
  some<T>(list: readonly T[], count: number): T[]
}

/** The generator mulberry32: small, quick, and good enough for a demo. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const at = <T>(list: readonly T[], share: number): T => {
    const item = list[Math.floor(share * list.length)]
    if (item === undefined) throw new RangeError('Nothing to pick from')
    return item
  }
  const pickEarly = <T>(list: readonly T[]): T => at(list, next() ** 2.2)
  return {
    next,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (share) => next() < share,
    pick: (list) => at(list, next()),
    pickEarly,
    some(list, count) {
      const chosen = new Set<(typeof list)[number]>()
      for (let tries = 0; tries < count * 2 && chosen.size < Math.min(count, list.length); tries++)
        chosen.add(pickEarly(list))
      return [...chosen]
    },
  }
}
