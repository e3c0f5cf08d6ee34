/**
 * Whether the time of all readers of foreign input grows no faster than the input: feeds every reader the words of its grammar,
 * alone and in pairs, at a tenth of the reader's limit and at the limit, and prints the growth of
 * processor time. `node --import tsx test/bench/linear.ts [words of a reader's name]`; ends with 1 if a time grows more
 * than 15-fold. All readers take hours, most single readers some minutes.
 */
import { filled, type Reader, readers } from './readers.ts'

const maxGrowth = 15
/** A shorter time at the limit passes in any case. At a tenth of the limit, times below 1/15 of this count as 1/15 of it. */
const noiseMs = 5
/** Number of repetitions before a reader counts as too slow, as garbage collection costs time, too. */
const attempts = 6

const print = (line: string) => process.stdout.write(`${line}\n`)

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function tenTimes(work: () => unknown): Promise<void> {
  for (let i = 0; i < 10; i++) await work()
}

type Growth = { growth: number; ms: number; units: readonly string[]; frame: number }

async function growthOf(reader: Reader, units: readonly string[], frame: number): Promise<Growth> {
  const place = reader.frames?.[frame] ?? ((filling: string) => filling)
  const [small, large] = [filled(units, place, reader.limit / 10), filled(units, place, reader.limit)]
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let growth = 0
  for (let attempt = 0; attempt < attempts; attempt++) {
    long = Math.min(long, await cpuOf(() => reader.read(large)))
    if (long < noiseMs) return { growth: 1, ms: long, units, frame }
    // Ten times, so that as much garbage is made and collected as by the large one.
    short = Math.min(short, (await cpuOf(() => tenTimes(() => reader.read(small)))) / 10)
    growth = long / Math.max(short, noiseMs / maxGrowth)
    if (growth <= maxGrowth) break
  }
  return { growth, ms: long, units, frame }
}

const wanted = process.argv.slice(2).join(' ')
const chosen = readers.filter(({ name }) => name.includes(wanted))
let isBad = false
for (const reader of chosen) {
  const begun = performance.now()
  // Repeated, a pair is the same either way round.
  const pairs = reader.grammar.flatMap((one, i) => [[one], ...reader.grammar.slice(i + 1).map((other) => [one, other])])
  const found: Growth[] = []
  // Only the time of compiled code counts.
  for (const unit of reader.grammar)
    await reader.read(filled([unit], reader.frames?.[0] ?? ((filling) => filling), reader.limit / 10))
  for (let frame = 0; frame < (reader.frames?.length ?? 1); frame++) {
    for (const units of pairs) found.push(await growthOf(reader, units, frame))
  }
  const bad = found.filter(({ growth }) => growth > maxGrowth)
  const [most] = found.toSorted((one, other) => other.growth - one.growth)
  const [longest] = found.toSorted((one, other) => other.ms - one.ms)
  isBad ||= bad.length > 0
  print(
    `${bad.length > 0 ? 'TOO SLOW' : 'linear  '} ${reader.name}, up to ${reader.limit}: grows ${most?.growth.toFixed(1)}-fold at most, takes ${longest?.ms.toFixed(0)} ms at most (${JSON.stringify(longest?.units)}), ${found.length} inputs in ${((performance.now() - begun) / 1_000).toFixed(0)} s`,
  )
  for (const { growth, ms, units, frame } of bad.toSorted((one, other) => other.growth - one.growth).slice(0, 8))
    print(`    ${JSON.stringify(units)} in frame ${frame}: ${growth.toFixed(1)}-fold, ${ms.toFixed(0)} ms`)
}
process.exit(isBad ? 1 : 0)
