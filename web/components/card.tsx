import type { FC } from 'hono/jsx'
import { webUrl } from '#src/platform/web-url.ts'
import type { CardView } from '#src/statuses/views/views.ts'
import { Name, profilePath } from './account.tsx'
import { useMessages } from './page-context.ts'
import { Ago } from './time.tsx'

/** The preview card of a linked page. Only text, and an image that this server made. */
export const LinkCard: FC<{ card: CardView }> = ({ card }) => {
  const url = webUrl(card.url)
  const { rich } = useMessages()
  if (!url) return null
  const isWide = card.width >= 320 && card.width > card.height
  return (
    <div class={card.imageFile ? (isWide ? 'link-card link-card-wide' : 'link-card link-card-small') : 'link-card'}>
      {card.imageFile && (
        <img
          src={`/media/${card.imageFile}`}
          alt={card.imageDescription}
          width={card.width}
          height={card.height}
          loading="lazy"
          decoding="async"
        />
      )}
      <div class="link-card-words" {...(card.language ? { lang: card.language } : {})}>
        <p class="link-card-site">
          <bdi>{card.providerName}</bdi>
          {card.publishedAt && <Ago at={card.publishedAt} />}
        </p>
        <p class="link-card-title">
          <a href={url} rel="nofollow noopener noreferrer" target="_blank" dir="auto">
            {card.title}
          </a>
        </p>
        {card.description && (
          <p class="link-card-description" dir="auto">
            {card.description}
          </p>
        )}
        {card.author ? (
          <p class="link-card-author">
            {rich('status.cardBy', {
              author: (
                <a href={profilePath(card.author)}>
                  <Name account={card.author} />
                </a>
              ),
            })}
          </p>
        ) : (
          card.authorName && (
            <p class="link-card-author">{rich('status.cardBy', { author: <bdi>{card.authorName}</bdi> })}</p>
          )
        )}
      </div>
    </div>
  )
}
