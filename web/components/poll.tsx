import type { FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import { minuteMs } from '#src/platform/time.ts'
import type { PollView } from '#src/statuses/views/polls.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { EmojiText } from './emoji.tsx'
import { Form } from './form.tsx'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'
import { fullTime } from './time.tsx'

type Shown = { poll: PollView; emojis: readonly EmojiView[] }

/** The poll of a status: a ballot for viewers who may vote, the results for all others. */
export const Poll: FC<{ status: StatusView; poll: PollView }> = ({ status, poll }) => {
  const { me } = usePage()
  const mayVote = me !== null && me.account.id !== status.accountId && !poll.isExpired && poll.ownVotes.length === 0
  return (
    <div class="poll" role="group" aria-label="Poll">
      {mayVote ? <Ballot poll={poll} emojis={status.emojis} /> : <Results poll={poll} emojis={status.emojis} />}
    </div>
  )
}

const Ballot: FC<Shown> = ({ poll, emojis }) => (
  <Form action={`/statuses/${poll.id}/vote`} class="poll-form">
    <input type="hidden" name="return_to" value={`${usePage().here}#post-${poll.id}`} />
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
      <button type="submit" class="button">
        Vote
      </button>
      <Facts poll={poll} />
    </div>
  </Form>
)

const Results: FC<Shown> = ({ poll, emojis }) => {
  const all = poll.isMultiple ? poll.votersCount : sum(poll)
  const most = Math.max(...poll.options.map(({ votesCount }) => votesCount))
  return (
    <>
      <ul class="poll-results">
        {poll.options.map(({ title, votesCount }, i) => {
          const percent = all > 0 ? Math.min(100, Math.round((votesCount / all) * 100)) : 0
          return (
            <li class={!poll.hidesTotals && votesCount > 0 && votesCount === most ? 'poll-most' : undefined}>
              <span class="poll-option">
                <bdi>
                  <EmojiText text={title} emojis={emojis} />
                </bdi>
                {poll.ownVotes.includes(i) && (
                  <span class="mark" title="Your vote">
                    <Icon name="check" />
                    <span class="unseen">Your vote</span>
                  </span>
                )}
              </span>
              {!poll.hidesTotals && (
                <>
                  <span class="poll-percent">{percent} %</span>
                  <svg class="poll-bar" aria-hidden="true">
                    <rect width={`${percent}%`} height="100%" rx="4" />
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
  const people = poll.isMultiple ? poll.votersCount : sum(poll)
  return (
    <p class="hint">
      {people === 1 ? '1 person' : `${people} people`} voted
      {poll.expiresAt && (
        <>
          {' · '}
          <time datetime={poll.expiresAt.toISOString()} title={fullTime(poll.expiresAt)}>
            {poll.isExpired ? 'Ended' : left(poll.expiresAt, now)}
          </time>
        </>
      )}
      {poll.hidesTotals && ' · The result is shown at the end'}
    </p>
  )
}

const sum = (poll: PollView): number => poll.options.reduce((total, { votesCount }) => total + votesCount, 0)

/** The rough time left until a moment. */
function left(at: Date, now: Date): string {
  const minutes = (at.getTime() - now.getTime()) / minuteMs
  if (minutes < 2) return 'Ends in a moment'
  if (minutes < 120) return `${Math.round(minutes)} minutes left`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} hours left` : `${Math.round(minutes / 1_440)} days left`
}
