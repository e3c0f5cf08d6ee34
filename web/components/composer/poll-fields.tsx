import type { FC } from 'hono/jsx'
import { limits } from '#src/rules/limits.ts'
import type { DraftPoll } from '#src/statuses/drafts.ts'
import type { Messages } from '#src/text/messages.ts'
import { Check, refusedAttributes, Select } from '../form.tsx'
import { Icon } from '../icons.tsx'
import { useMessages } from '../page-context.ts'

const minutes = [5, 30, 60, 360, 720, 1_440, 4_320, 10_080, 20_160, 43_200]

/** The value of the select box for a poll without an end. */
export const noEnd = 'never'

/** How long a poll may run, for a select box. */
function durationOptions({ t }: Messages): [string, string][] {
  return [
    ...minutes.map((count): [string, string] => [
      String(count * 60),
      count < 60
        ? t('composer.minutes', { count })
        : count < 1_440
          ? t('composer.hours', { count: count / 60 })
          : t('composer.days', { count: count / 1_440 }),
    ]),
    [noEnd, t('composer.pollNeverEnds')],
  ]
}

/**
 * @param keepsEnd whether the poll exists and may keep its end
 * @param isRefused whether the message on top of the form is about it
 */
export const PollFields: FC<{ poll: DraftPoll; index: number; keepsEnd: boolean; isRefused: boolean }> = ({
  poll,
  index,
  keepsEnd,
  isRefused,
}) => {
  const messages = useMessages()
  const { t } = messages
  const options = poll.options.length < 2 ? [...poll.options, '', ''].slice(0, 2) : poll.options
  const end = poll.keepsEnd ? (keepsEnd ? '' : '86400') : String(poll.expiresInSeconds ?? noEnd)
  const durations = durationOptions(messages)
  return (
    <fieldset class="composer-poll">
      <legend>{t('composer.poll')}</legend>
      <input type="hidden" name={`poll-${index}`} value="1" />
      {keepsEnd && <p class="hint">{t('composer.pollEditHint')}</p>}
      <ol class="composer-options">
        {options.map((option, i) => (
          <li>
            <label for={`option-${index}-${i}`} class="unseen">
              {t('composer.option', { number: i + 1 })}
            </label>
            <input
              id={`option-${index}-${i}`}
              name={`poll_option-${index}`}
              value={option}
              dir="auto"
              {...(isRefused ? refusedAttributes : {})}
              placeholder={t('composer.option', { number: i + 1 })}
            />
            {options.length > 2 && (
              <button
                type="submit"
                name="do"
                value={`no-option ${index} ${i}`}
                class="button-icon"
                aria-label={t('composer.removeOption', { number: i + 1 })}
                title={t('composer.removeOption', { number: i + 1 })}
              >
                <Icon name="cross" />
              </button>
            )}
          </li>
        ))}
      </ol>
      <div class="composer-poll-row">
        {options.length < limits.poll.maxOptions && (
          <button type="submit" name="do" value={`option ${index}`} class="button button-quiet">
            {t('composer.addOption')}
          </button>
        )}
        <button type="submit" name="do" value={`no-poll ${index}`} class="button button-quiet">
          {t('composer.removePoll')}
        </button>
      </div>
      <Select
        name={`poll_ends-${index}`}
        label={t('composer.pollEnds')}
        value={end}
        options={[
          ...(keepsEnd ? ([['', t('composer.pollEndKept')]] as [string, string][]) : []),
          ...durations,
          ...(poll.expiresInSeconds && !durations.some(([value]) => value === end)
            ? ([[end, t('composer.hours', { count: Math.round(poll.expiresInSeconds / 3_600) })]] as [string, string][])
            : []),
        ]}
      />
      <div>
        <Check name={`poll_multiple-${index}`} label={t('composer.pollMultiple')} checked={poll.isMultiple} />
        <Check name={`poll_hides-${index}`} label={t('composer.pollHides')} checked={poll.hidesTotals} />
      </div>
    </fieldset>
  )
}
