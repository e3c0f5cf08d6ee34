import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import type { TextFormat } from '#src/text/render.ts'
import { formatOptions } from '../components/composer.tsx'
import { Check, Field, Form, Refused, Select, textAreaValue } from '../components/form.tsx'
import { isLanguage, languageOptions } from '../components/languages.ts'
import { Head } from '../components/layout.tsx'
import { useFormats, useMessages } from '../components/page-context.ts'
import { statusPath } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

type Draft = {
  text: string
  spoilerText: string
  isSensitive: boolean
  language: string
  format: TextFormat
  descriptions: string[]
}

/** Editing the viewer's own post. Files, poll and visibility stay as they are. */
export const edits = new Hono<Env>()
  .get('/statuses/:id/edit', requireViewer, async (c) => {
    const status = await loadOwn(c)
    const { text, spoilerText, isSensitive, language, textFormat: format } = status
    return editPage(c, status, {
      text,
      spoilerText,
      isSensitive,
      language: language ?? '',
      format,
      descriptions: status.media.map(({ description }) => description),
    })
  })
  .post('/statuses/:id/edit', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const status = await loadOwn(c)
    const language = form.text('language')
    const draft: Draft = {
      text: form.text('text'),
      spoilerText: form.text('spoiler_text'),
      isSensitive: form.isChecked('sensitive'),
      language: isLanguage(language) ? language : '',
      format: form.text('format') === 'markdown' ? 'markdown' : 'plain',
      descriptions: status.media.map((_, i) => form.text(`description-${i}`)),
    }
    const refusal = await refusalOf(async () => {
      await countAction(app, 'statuses', accountId)
      const { descriptions, language, ...words } = draft
      await editStatus(app, accountId, status.id, {
        ...words,
        language: language || null,
        mediaIds: status.media.map(({ id }) => id),
        fileChanges: status.media.map(({ id }, i) => ({ id, description: descriptions[i] ?? '' })),
        poll: 'kept',
      })
    })
    return refusal ? editPage(c, status, draft, refusal) : c.redirect(statusPath(status), 303)
  })

async function loadOwn(c: C): Promise<StatusView> {
  const { accountId } = viewerOf(c)
  const id = c.req.param('id') ?? ''
  const status = isId(id) ? await loadStatusView(c.var.app.db, accountId, id as StatusId) : undefined
  if (!status || status.accountId !== accountId || status.reblogOfId) throw notFound()
  return status
}

function editPage(c: C, status: StatusView, draft: Draft, refusal: Refusal | null = null): Promise<Response> {
  return page(
    c,
    'Edit your post',
    <>
      <Head title="Edit your post" />
      <EditForm status={status} draft={draft} refusal={refusal} />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const EditForm: FC<{ status: StatusView; draft: Draft; refusal: Refusal | null }> = ({ status, draft, refusal }) => (
  <Form action={`/statuses/${status.id}/edit`} class="composer" label="Edit your post">
    <Refused refusal={refusal} />
    <label for="text" class="unseen">
      Your post
    </label>
    <textarea id="text" name="text" rows={5} dir="auto" autofocus>
      {textAreaValue(draft.text)}
    </textarea>
    <Field
      name="spoiler_text"
      label="Content warning"
      value={draft.spoilerText}
      hint="The text is shown only to those who open it."
    />
    {status.media.map((file, i) => (
      <div class="edit-file">
        {file.previewFile && <img src={`/media/${file.previewFile}`} alt="" width={96} height={96} />}
        <Field
          name={`description-${i}`}
          label={status.media.length > 1 ? `Description of file ${i + 1}` : 'Description of the file'}
          value={draft.descriptions[i] ?? ''}
          rows={2}
        />
      </div>
    ))}
    {status.media.length > 0 && (
      <Check name="sensitive" label="Not everybody wants to see the files at once" checked={draft.isSensitive} />
    )}
    <div class="edit-options">
      <Select
        name="language"
        label="Language"
        value={draft.language}
        options={languageOptions(useMessages(), useFormats())}
      />
      <Select name="format" label="Format" value={draft.format} options={formatOptions} />
    </div>
    <p class="hint">
      Up to {limits.status.maxCharacters} characters. Everybody who can see the post can see what it was before.
    </p>
    <div class="buttons">
      <button type="submit" class="button">
        Save
      </button>
      <a href={statusPath(status)} class="button button-quiet">
        Keep it as it is
      </a>
    </div>
  </Form>
)
