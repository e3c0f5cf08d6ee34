import type { FC } from 'hono/jsx'
import type { AnnouncementReactionView, AnnouncementView } from '#src/reading/announcements/views.ts'
import { EmojiText } from './emoji.tsx'
import { Action, Form } from './form.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { useFormats, useMessages } from './page-context.ts'
import { Ago } from './time.tsx'

/** Emojis that are offered before anybody has used them. */
const offered = ['👍', '❤️', '🎉', '😄', '😮', '😢']

/** An announcement among all: with its times, reactions, and the form for another reaction. */
export const Announcement: FC<{ announcement: AnnouncementView; typed?: string | undefined }> = ({
  announcement,
  typed,
}) => {
  const { t, rich } = useMessages()
  const { id, publishedAt, reactions, isRead } = announcement
  const unused = offered.filter((name) => !reactions.some((reaction) => reaction.name === name))
  return (
    <article class="sheet announcement" id={`announcement-${id}`} aria-labelledby={`announced-${id}`}>
      <header>
        <h2 id={`announced-${id}`} class="hint">
          {publishedAt && rich('announcements.published', { ago: <Ago at={publishedAt} /> })}
        </h2>
        {isRead ? <span class="tag">{t('announcements.dismissed')}</span> : <Dismiss announcement={announcement} />}
      </header>
      <Text announcement={announcement} />
      {reactions.length > 0 && (
        <ul class="reactions" aria-label={t('common.reactions')}>
          {reactions.map((reaction) => (
            <li>
              <Reaction announcement={announcement} reaction={reaction} />
            </li>
          ))}
        </ul>
      )}
      <details open={typed !== undefined}>
        <summary>{t('announcements.addReaction')}</summary>
        <div class="announcement-react">
          <p class="reactions">
            {unused.map((name) => (
              <Action
                action={`/announcements/${id}/react/${encodeURIComponent(name)}`}
                label={t('announcements.react', { name })}
                class="reaction"
                at={`announcement-${id}`}
              >
                {name}
              </Action>
            ))}
          </p>
          <Form action={`/announcements/${id}/react`} class="add-line">
            <div class="field">
              <label for={`emoji-${id}`}>{t('announcements.emoji')}</label>
              <input
                id={`emoji-${id}`}
                name="emoji"
                value={typed ?? ''}
                maxlength={70}
                required
                autocomplete="off"
                aria-describedby={`emoji-${id}-hint`}
                {...(typed === undefined ? {} : { 'aria-invalid': 'true' as const })}
              />
              <p class="hint" id={`emoji-${id}-hint`}>
                {t('announcements.emojiHint')}
              </p>
            </div>
            <button type="submit" class="button button-quiet">
              {t('announcements.addReaction')}
            </button>
          </Form>
        </div>
      </details>
    </article>
  )
}

/** An announcement above the posts of Home, until it is dismissed. */
export const AnnouncementNotice: FC<{ announcement: AnnouncementView }> = ({ announcement }) => {
  const { t } = useMessages()
  const { id } = announcement
  return (
    <section class="notice announcement-notice" aria-labelledby={`announced-${id}`}>
      <header>
        <h2 id={`announced-${id}`}>
          <Icon name="megaphone" /> {t('announcements.notice')}
        </h2>
        <Dismiss announcement={announcement} />
      </header>
      <Text announcement={announcement} />
      <p class="hint">
        <a href={`/announcements#announcement-${id}`}>{t('announcements.reactOrAll')}</a>
      </p>
    </section>
  )
}

const Dismiss: FC<{ announcement: AnnouncementView }> = ({ announcement: { id } }) => (
  <Action
    action={`/announcements/${id}/dismiss`}
    label={useMessages().t('announcements.dismiss')}
    class="button button-quiet"
  >
    {useMessages().t('announcements.dismiss')}
  </Action>
)

const Text: FC<{ announcement: AnnouncementView }> = ({ announcement }) => (
  <>
    <Html html={announcement.content} isOwn tags={announcement.tags} emojis={announcement.emojis} />
    <Times announcement={announcement} />
  </>
)

/** When what it announces begins and ends. */
const Times: FC<{ announcement: AnnouncementView }> = ({ announcement: { startsAt, endsAt, isAllDay } }) => {
  const { t } = useMessages()
  const formats = useFormats()
  const say = (at: Date) => (isAllDay ? formats.day(at) : formats.moment(at))
  if (startsAt && endsAt)
    return <p class="hint">{t('announcements.startsAndEnds', { from: say(startsAt), until: say(endsAt) })}</p>
  if (startsAt) return <p class="hint">{t('announcements.starts', { from: say(startsAt) })}</p>
  return endsAt ? <p class="hint">{t('announcements.ends', { until: say(endsAt) })}</p> : null
}

/** Who pressed it takes the reaction back by pressing it again. */
const Reaction: FC<{ announcement: AnnouncementView; reaction: AnnouncementReactionView }> = ({
  announcement: { id },
  reaction: { name, count, isMine, emoji },
}) => {
  const { t } = useMessages()
  return (
    <Action
      action={`/announcements/${id}/${isMine ? 'unreact' : 'react'}/${encodeURIComponent(name)}`}
      label={t(isMine ? 'announcements.unreact' : 'announcements.reactionOf', { name, count })}
      class="reaction"
      pressed={isMine}
      at={`announcement-${id}`}
    >
      <span class="reaction-name">{emoji ? <EmojiText text={`:${name}:`} emojis={[emoji]} /> : name}</span>
      <span>{count}</span>
    </Action>
  )
}
