import type { FC } from 'hono/jsx'
import { interactionAnswer } from '#src/statuses/access/interaction-policy.ts'
import {
  isCustomReaction,
  type ReactionEmojiView,
  type ReactionView,
  writtenReaction,
} from '#src/statuses/views/reactions.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { writeReaction } from '#src/text/reaction.ts'
import { profilePath } from './account.tsx'
import { EmojiText } from './emoji.tsx'
import { Action } from './form.tsx'
import { Icon } from './icons.tsx'
import { type PageContext, useFormats, useMessages, usePage } from './page-context.ts'

/**
 * The emoji reactions to a status: for people who may react, buttons that add or take back their own.
 *
 * @param at id of the element to return to, if that is not the status's own
 * @param isAnswer whether it is a part for a script, which then also learns that no reaction is left
 */
export const Reactions: FC<{ status: StatusView; at?: string | undefined; isAnswer?: boolean }> = ({
  status,
  at,
  isAnswer = false,
}) => {
  const { me } = usePage()
  const { t } = useMessages()
  const { reactions } = status
  if (reactions.length === 0) return isAnswer ? <div data-part={`r${status.id}`} /> : null
  const mayReact = answerOf(status, me) === 'allowed'
  return (
    <div class="reactions" data-part={`r${status.id}`}>
      <ul aria-label={t('common.reactions')}>
        {reactions.map((reaction) => {
          const isMine = status.reacted.includes(reaction.id)
          return (
            <li>
              {isMine || (me && mayReact) ? (
                <Toggle status={status} reaction={reaction} isMine={isMine} at={at} />
              ) : (
                <span class="reaction" title={writeReaction(reaction)}>
                  <Shown reaction={reaction} />
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {me && mayReact && (
        <a
          href={`/statuses/${status.id}/react`}
          class="reaction reaction-link"

          title={t('reactions.addAnother')}
        >
          <Icon name="smile" />
          <span class="unseen">{t('reactions.addAnother')}</span>
        </a>
      )}
      <a href={reactionsPath(status)} class="reaction reaction-link" title={t('reactions.who')}>
        <Icon name="people" />
        <span class="unseen">{t('reactions.who')}</span>
      </a>
    </div>
  )
}

type ToggleProps = { status: StatusView; reaction: ReactionView; isMine: boolean; at?: string | undefined }

const Toggle: FC<ToggleProps> = ({ status, reaction, isMine, at }) => {
  const emoji = writeReaction(reaction)
  return (
    <Action
      action={reactAction(status, isMine ? 'unreact' : 'react', emoji)}
      label={useMessages().t('reactions.count', { emoji: writtenReaction(reaction), count: reaction.count })}
      pressed={isMine}
      class="reaction"
      at={at}
    >
      <Shown reaction={reaction} />
    </Action>
  )
}

const Shown: FC<{ reaction: ReactionView }> = ({ reaction }) => (
  <>
    <span class="reaction-name">
      <ReactionText text={writtenReaction(reaction)} emoji={reaction} />
    </span>
    <span class="count">{useFormats().count(reaction.count)}</span>
  </>
)

/** The way to react from the menu of a status. With scripts it opens the emoji picker. */
export const ReactLink: FC<{ status: StatusView }> = ({ status }) => {
  const page = usePage()
  if (answerOf(status, page.me) !== 'allowed') return null
  page.used.hasActions = true
  return <a href={`/statuses/${status.id}/react`}>{useMessages().t('reactions.react')}</a>
}

/** The page of the people who reacted. */
export const reactionsPath = (status: StatusView): string => `${profilePath(status.account)}/${status.id}/reactions`

/** The address that a button for one emoji posts to. */
export const reactAction = (status: StatusView, verb: 'react' | 'unreact', emoji: string): string =>
  `/statuses/${status.id}/${verb}?emoji=${encodeURIComponent(emoji)}`

/** Whether a person may react to a status. `asked`: its author decides about each favourite. */
export function answerOf(status: StatusView, me: PageContext['me']): 'allowed' | 'asked' | 'denied' {
  if (!me || status.consent === 'asked' || status.consent === 'refused') return 'denied'
  const { id, uri } = me.account
  const answer = interactionAnswer(status.interactionPolicy?.like, 'like', {
    ...status,
    uri,
    isAuthor: status.accountId === id,
    isNamed: status.inReplyToAccountId === id || status.mentions.some((mention) => mention.id === id),
  })
  return answer === 'ask' ? 'asked' : answer === 'denied' ? 'denied' : 'allowed'
}

/** A text with a picture in place of its emoji. */
export const ReactionText: FC<{ text: string; emoji: ReactionEmojiView }> = ({ text, emoji }) => (
  <EmojiText text={text} emojis={isCustomReaction(emoji) ? [{ ...emoji, shortcode: emoji.name }] : []} />
)
