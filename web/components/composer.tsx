import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { limits } from '#src/rules/limits.ts'
import type { TextFormat } from '#src/text/render.ts'
import { Form, Refused, Select, textAreaValue } from './form.tsx'
import { languageOptions } from './languages.ts'
import { useFormats, useMessages } from './page-context.ts'
import { type Visibility, visibilityOptions } from './visibility.ts'

/** The content of the form: the person's input, or the defaults of a new post. */
export type ComposerDraft = {
  text: string
  spoilerText: string
  visibility: Visibility
  language: string
  format: TextFormat
  replyTo: string
  /** Id of the quoted status; empty for none. */
  quoted: string
  /** Idempotency key: a form that is sent twice makes one post. */
  key: string
}

export const formatOptions: readonly (readonly [TextFormat, string])[] = [
  ['plain', 'As it is typed'],
  ['markdown', 'Markdown'],
]

/** The form for a new post. */
export const Composer: FC<{ draft: ComposerDraft; refusal?: Refusal | null; autofocus?: boolean }> = ({
  draft,
  refusal = null,
  autofocus,
}) => (
  <Form action="/compose" class="composer" label="New post">
    <Refused refusal={refusal} />
    {draft.replyTo && <input type="hidden" name="reply_to" value={draft.replyTo} />}
    {draft.quoted && <input type="hidden" name="quote" value={draft.quoted} />}
    <input type="hidden" name="key" value={draft.key} />
    <label for="text" class="unseen">
      {draft.replyTo ? 'Your reply' : 'What is on your mind?'}
    </label>
    <textarea
      id="text"
      name="text"
      rows={3}
      dir="auto"
      autofocus={autofocus}
      placeholder={draft.replyTo ? 'Your reply' : 'What is on your mind?'}
    >
      {textAreaValue(draft.text)}
    </textarea>
    <details class="composer-more" open={draft.spoilerText !== '' || draft.format === 'markdown'}>
      <summary>Content warning, language, format</summary>
      <div class="field">
        <label for="spoiler_text">Content warning</label>
        <input id="spoiler_text" name="spoiler_text" value={draft.spoilerText} dir="auto" />
        <p class="hint">The text is shown only to those who open it.</p>
      </div>
      <Select
        name="language"
        label="Language"
        value={draft.language}
        options={languageOptions(useMessages(), useFormats())}
      />
      <Select name="format" label="Format" value={draft.format} options={formatOptions} />
    </details>
    <div class="composer-foot">
      <Select
        name="visibility"
        label="Who can see it"
        value={draft.visibility}
        options={visibilityOptions(useMessages())}
        hidesLabel
      />
      <span class="hint">Up to {limits.status.maxCharacters} characters</span>
      <button type="submit" class="button">
        {draft.replyTo ? 'Reply' : 'Post'}
      </button>
    </div>
  </Form>
)
