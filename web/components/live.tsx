import type { FC } from 'hono/jsx'
import type { MessageKey } from '#src/text/catalogue.ts'
import type { Messages } from '#src/text/messages.ts'
import { useMessages } from './page-context.ts'

/** Where the script of live pages says what is new, and the words for it. */
export const Live: FC = () => {
  const messages = useMessages()
  return (
    <div
      id="live"
      class="live"
      role="status"
      data-posts={pluralForms(messages, 'live.posts')}
      data-notices={pluralForms(messages, 'live.notices')}
    />
  )
}

/** Numbers that have all plural categories of a language among them. */
const samples = [0, 1, 2, 3, 5, 6, 11, 20, 100]

/** The forms of a message with a count, by plural category, with `#` for the number: the script knows the number, and no messages. */
function pluralForms({ t, locale }: Messages, key: MessageKey): string {
  const rules = new Intl.PluralRules(locale)
  const forms = samples.map((count) => [rules.select(count), t(key, { count }).replace(String(count), '#')])
  return JSON.stringify(Object.fromEntries(forms))
}
