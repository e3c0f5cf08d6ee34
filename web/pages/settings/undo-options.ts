import type { Messages } from '#src/text/messages.ts'

const steps = [0, 10, 30, 60, 120]

/** The times to undo that forms offer, in seconds, and the present one. */
export function undoOptions(t: Messages['t'], present: number): [value: string, text: string][] {
  const offered = Number.isInteger(present) ? [...new Set([...steps, present])] : steps
  return offered
    .toSorted((a, b) => a - b)
    .map((seconds) => [
      String(seconds),
      seconds === 0 ? t('preferences.undoOff') : t('preferences.undoSeconds', { seconds }),
    ])
}
