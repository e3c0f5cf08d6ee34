import type { FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { minuteMs } from '#src/platform/time.ts'
import type { PollView } from '#src/statuses/views/polls.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { Messages } from '#src/text/messages.ts'
import { EmojiText } from './emoji.tsx'
import { Form } from './form.tsx'
import { Icon } from './icons.tsx'
import { useMessages, usePage } from './page-context.ts'
import { fullTime } from './time.tsx'

type Shown = { poll: PollView; emojis: readonly EmojiView[] }

/** The poll of a status: a ballot for viewers who may vote, the results for all others. */
export const Poll: FC<{ status: StatusView; poll: PollView }> = ({ status, poll }) => {
  const { me } = usePage()
  const { t } = useMessages()
  const mayVote = me !== null && me.account.id !== status.accountId && !poll.isExpired && poll.ownVotes.length === 0
  return (
    <div
      class="poll"
      role="group"
      aria-label={t('status.poll')}
      data-part={`p${status.id}`}
      {...(status.language ? { lang: status.language } : {})}
    >
      {mayVote ? (
        <>
          <Ballot poll={poll} emojis={status.emojis} at={status.id} />
          {!poll.hidesTotals && <Peek poll={poll} emojis={status.emojis} />}
        </>
      ) : (
        <Results poll={poll} emojis={status.emojis} />
      )}
    </div>
  )
}

const Ballot: FC<Shown & { at: StatusId }> = ({ poll, emojis, at }) => (
  <Form action={`/statuses/${poll.id}/vote`} class="poll-form">
    <input type="hidden" name="return_to" value={`${usePage().here}#post-${at}`} />
    {poll.options.map(({ title }, i) => (
      <label class="poll-choice">
        {poll.isMultiple ? (
          <input type="checkbox" name={`choice-${i}`} value="1" />
        ) : (
          <input type="radio" name="choice" value={String(i)} required />
        )}
        <bdi>
          <EmojiText text={title} emojis={emojis} />
        </bdi>
      </label>
    ))}
    <div class="poll-foot">
      <button class="button">{useMessages().t('status.vote')}</button>
      <Facts poll={poll} />
    </div>
  </Form>
)

/** The results for somebody who has not voted, and need not. */
const Peek: FC<Shown> = (shown) => (
  <details class="poll-peek">
    <summary>{useMessages().t('status.showResults')}</summary>
    <Results {...shown} />
  </details>
)

const Results: FC<Shown> = ({ poll, emojis }) => {
  const { t } = useMessages()
  const all = poll.isMultiple ? poll.votersCount : sum(poll)
  const most = Math.max(...poll.options.map(({ votesCount }) => votesCount))
  return (
    <>
      <ul class="poll-results">
        {poll.options.map(({ title, votesCount }, i) => {
          const share = all > 0 ? Math.min(1, votesCount / all) : 0
          return (
            <li class={!poll.hidesTotals && votesCount > 0 && votesCount === most ? 'poll-most' : undefined}>
              <span class="poll-option">
                <bdi>
                  <EmojiText text={title} emojis={emojis} />
                </bdi>
                {poll.ownVotes.includes(i) && (
                  <span class="mark" title={t('status.ownVote')}>
                    <Icon name="check" />
                    <span class="unseen">{t('status.ownVote')}</span>
                  </span>
                )}
              </span>
              {!poll.hidesTotals && (
                <>
                  <span class="poll-percent">{t('status.percent', { share })}</span>
                  <svg class="poll-bar" aria-hidden="true">
                    <rect width={`${Math.round(share * 100)}%`} height="100%" rx="4" />
                  </svg>
                </>
              )}
            </li>
          )
        })}
      </ul>
      <div class="poll-foot">
        <Facts poll={poll} />
      </div>
    </>
  )
}

const Facts: FC<{ poll: PollView }> = ({ poll }) => {
  const { now } = usePage()
  const messages = useMessages()
  const people = poll.isMultiple ? poll.votersCount : sum(poll)
  return (
    <p class="hint" lang={messages.locale}>
      {messages.t('status.voters', { count: people })}
      {poll.expiresAt && (
        <>
          {' · '}
          <time datetime={poll.expiresAt.toISOString()} title={fullTime(poll.expiresAt)}>
            {poll.isExpired ? messages.t('status.pollEnded') : left(messages, poll.expiresAt, now)}
          </time>
        </>
      )}
      {poll.hidesTotals && ` · ${messages.t('status.resultAtEnd')}`}
    </p>
  )
}

const sum = (poll: PollView): number => poll.options.reduce((total, { votesCount }) => total + votesCount, 0)

/** The rough time left until a moment. */
function left({ t }: Messages, at: Date, now: Date): string {
  const minutes = (at.getTime() - now.getTime()) / minuteMs
  if (minutes < 2) return t('status.pollEndsNow')
  if (minutes < 120) return t('status.minutesLeft', { count: Math.round(minutes) })
  return minutes < 2_880
    ? t('status.hoursLeft', { count: Math.round(minutes / 60) })
    : t('status.daysLeft', { count: Math.round(minutes / 1_440) })
}
