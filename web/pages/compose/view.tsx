import type { Preferences } from '#src/accounts/profile/preferences.ts'
import { listEmojis } from '#src/media/emojis/manage.ts'
import { Refusal } from '#src/platform/errors.ts'
import { countCharacters } from '#src/rules/count.ts'
import { limits } from '#src/rules/limits.ts'
import { loadSettings } from '#src/rules/settings.ts'
import type { DraftPart } from '#src/statuses/drafts.ts'
import { previewText } from '#src/statuses/preview.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { Composer } from '../../components/composer/composer.tsx'
import type { PartPreview } from '../../components/composer/preview.tsx'
import type { ComposerProps } from '../../components/composer/props.ts'
import type { ComposerState } from '../../components/composer/state.ts'
import { Head } from '../../components/layout.tsx'
import { Status } from '../../components/status.tsx'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'

type Shown = Pick<ComposerProps, 'notice' | 'reminds' | 'preview' | 'edited'> & { refusal?: Refusal | null }

/** The page with the composer, below the post that it replies to or quotes. */
export async function composePage(
  c: C,
  own: Preferences | null,
  state: ComposerState,
  { refusal = null, ...shown }: Shown = {},
): Promise<Response> {
  const { app, messages } = c.var
  const { content } = state
  const [settings, above, emojis] = await Promise.all([
    loadSettings(app.db),
    shown.edited ? null : shownAbove(c, state),
    listEmojis(app.db),
  ])
  const handle = above && `@${above.account.acct}`
  const answer = content.quotedStatusId ? 'composer.quoteOf' : 'composer.replyTo'
  const plain = messages.t(shown.edited ? 'composer.edit' : 'composer.new')
  return page(
    c,
    handle ? messages.t(answer, { handle }) : plain,
    <>
      <Head title={handle ? messages.rich(answer, { handle: <bdi>{handle}</bdi> }) : plain} />
      {above && (
        <div class="feed feed-quoted">
          <Status status={above} />
        </div>
      )}
      <Composer
        state={state}
        maxFiles={settings.maxMediaAttachments}
        zone={own?.timeZone ?? null}
        refusal={refusal && withExcess(c, state, refusal)}
        emojis={emojis}
        refusedPart={refusal && refusedPart(state, refusal)}
        // Otherwise the message at the top, which belongs to the whole form, would be scrolled away.
        autofocus={!shown.notice && !shown.reminds && (!refusal || refusedPart(state, refusal) !== null)}
        {...shown}
      />
      {shown.edited && (
        <p class="hint">{messages.t(shown.edited.isHeld ? 'composer.editHeldHint' : 'composer.editHint')}</p>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** The post that the form replies to or quotes; null if there is none, or it is gone meanwhile. */
async function shownAbove(c: C, { content }: ComposerState): Promise<StatusView | null> {
  const id = content.quotedStatusId ?? content.inReplyToId
  return id ? ((await loadStatusView(c.var.app.db, viewerOf(c).accountId, id)) ?? null) : null
}

/** Which post of the form a refusal is about: one that is too long, or else has nothing in it. */
function refusedPart({ content: { parts } }: ComposerState, { code }: Refusal): number | null {
  if (code !== 'invalid') return null
  const index = [isTooLong, isBlank].map((isWrong) => parts.findIndex(isWrong)).find((found) => found !== -1)
  return index ?? null
}

const isTooLong = ({ text, spoilerText }: DraftPart): boolean =>
  countCharacters(text, spoilerText) > limits.status.maxCharacters

const isBlank = ({ text, mediaIds, poll }: DraftPart): boolean =>
  text.trim() === '' && mediaIds.length === 0 && poll === null

/** Says by how many characters a text is too long, if it is too long. */
function withExcess(c: C, { content }: ComposerState, refusal: Refusal): Refusal {
  const { t } = c.var.messages
  const max = limits.status.maxCharacters
  const index = content.parts.findIndex(isTooLong)
  const part = content.parts[index]
  if (!part || refusal.code !== 'invalid') return refusal
  const values = { over: countCharacters(part.text, part.spoilerText) - max, max, number: index + 1 }
  return new Refusal('invalid', t(content.parts.length > 1 ? 'composer.partTooLong' : 'composer.tooLong', values))
}

/** The posts of a form as they will look. */
export async function previewOf(c: C, state: ComposerState): Promise<PartPreview[]> {
  const { app } = c.var
  const { parts, format, language, quotedStatusId } = state.content
  const quoted = quotedStatusId ? await loadStatusView(app.db, viewerOf(c).accountId, quotedStatusId) : undefined
  return Promise.all(
    parts.map(async ({ text, spoilerText, isSensitive, mediaIds, poll }, i) => ({
      ...(await previewText(app, text, format ?? 'plain', [spoilerText, ...(poll?.options ?? [])])),
      spoilerText,
      isSensitive,
      language,
      poll,
      quoted: i === 0 ? (quoted ?? null) : null,
      media: mediaIds.flatMap((id) => {
        const file = state.files.get(id)
        return file ? [{ ...file.view, description: file.description, focusX: file.focus.x, focusY: file.focus.y }] : []
      }),
    })),
  )
}
