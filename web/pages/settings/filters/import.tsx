import { copyLimits, readCopies } from '#src/reading/filters/copies.ts'
import { type TakenIn, takeInFilters } from '#src/reading/filters/take-in.ts'
import { refusalIn, sentence } from '#src/text/refusals.ts'
import type { C } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { viewerOf } from '../../../guards.tsx'
import { filtersPage } from './own.tsx'

/** Problems of a file that are named; a file of another kind has one in each line. */
const maxNamed = 20

/** Takes in the filters of a file, all or none, and says what that changed. */
export async function takeInFile(c: C): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const bytes = await form.file('file')
  if (!bytes) return filtersPage(c, { problems: [t('filters.chooseFile')] })
  if (bytes.length > copyLimits.bytes)
    return filtersPage(c, { problems: [t('filters.fileTooLarge', { kilobytes: copyLimits.bytes / 1_000 })] })
  const { copies, problems, kind } = readCopies(bytes.toString('utf8'))
  if (problems.length > 0) {
    const named = problems.slice(0, maxNamed).map(({ place, text }) => {
      const words = sentence(messages, refusalIn(messages, { message: '', text }))
      return place === 0 ? words : t(kind === 'json' ? 'filters.inFilter' : 'filters.inLine', { place, words })
    })
    const others = problems.length - named.length
    return filtersPage(c, { problems: others > 0 ? [...named, t('filters.otherProblems', { count: others })] : named })
  }
  let done: TakenIn | undefined
  const refusal = await refusalOf(async () => {
    done = await app.db.transaction((tx) => takeInFilters(tx, viewerOf(c).accountId, copies))
  })
  if (refusal) return filtersPage(c, { problems: [sentence(messages, refusalIn(messages, refusal))] })
  return filtersPage(c, done ? { done } : {})
}
