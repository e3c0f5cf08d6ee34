import type { FC } from 'hono/jsx'
import { acceptedTypes } from '#src/media/accepted.ts'
import type { DraftPart } from '#src/statuses/drafts.ts'
import { textAreaValue } from '../form.tsx'
import { Icon } from '../icons.tsx'
import { useMessages } from '../page-context.ts'
import type { ComposerFile, ComposerState } from './state.ts'

type Props = { part: DraftPart; index: number; state: ComposerState; maxFiles: number }

/** The files of a post with their descriptions, and the field for more. */
export const FileFields: FC<Props> = ({ part, index, state, maxFiles }) => {
  const { t } = useMessages()
  const files = part.mediaIds.flatMap((id) => state.files.get(id) ?? [])
  const isOpen = files.length > 0 || state.open.has(`files-${index}`)
  return (
    <div
      class="composer-files"
      id={`files-of-${index}`}
      hidden={!isOpen}
      data-max={maxFiles}
      data-sending={t('composer.sending')}
      data-failed={t('composer.sendingFailed')}
      data-too-many={t('composer.tooManyFiles', { max: maxFiles })}
    >
      {files.length > 0 && (
        <ol class="composer-file-list">
          {files.map((file, i) => (
            <FileItem file={file} index={index} number={i + 1} of={files.length} />
          ))}
        </ol>
      )}
      {files.length < maxFiles && (
        <div class="field composer-add">
          <label for={`files-${index}`}>{t('composer.files', { max: maxFiles })}</label>
          <div class="composer-add-row">
            <input
              type="file"
              id={`files-${index}`}
              name={`files-${index}`}
              multiple
              accept={acceptedTypes.join(',')}
            />
            <button type="submit" name="do" value="keep" class="button button-quiet">
              {t('composer.addFiles')}
            </button>
          </div>
        </div>
      )}
    </div>
  )
}

const FileItem: FC<{ file: ComposerFile; index: number; number: number; of: number }> = ({
  file,
  index,
  number,
  of,
}) => {
  const { t } = useMessages()
  const { view, description } = file
  const { id } = view
  return (
    <li class="composer-file" id={`file-${id}`} data-state={view.state}>
      <input type="hidden" name={`media-${index}`} value={id} />
      <Thumbnail file={file} />
      <div class="composer-file-fields">
        <div class="field">
          <label for={`alt-${id}`}>{t('composer.description', { number, of })}</label>
          <textarea id={`alt-${id}`} name={`alt-${id}`} rows={2} dir="auto" placeholder={t('composer.descriptionHint')}>
            {textAreaValue(description)}
          </textarea>
        </div>
        {view.state === 'processing' && <p class="hint">{t('composer.processing')}</p>}
        {view.state === 'failed' && <p class="problem">{t('composer.processingFailed')}</p>}
        <div class="composer-file-tools">
          {view.previewFile && <FocusFields file={file} number={number} />}
          <span class="composer-file-buttons">
            {number > 1 && <FileButton step={`up ${id}`} icon="up" label={t('composer.fileUp', { number })} />}
            {number < of && <FileButton step={`down ${id}`} icon="down" label={t('composer.fileDown', { number })} />}
            <FileButton step={`remove ${id}`} icon="trash" label={t('composer.fileRemove', { number })} />
          </span>
        </div>
      </div>
    </li>
  )
}

const FileButton: FC<{ step: string; icon: 'up' | 'down' | 'trash'; label: string }> = ({ step, icon, label }) => (
  <button type="submit" name="do" value={step} class="button-icon" aria-label={label} title={label}>
    <Icon name={icon} />
  </button>
)

/** The small picture, with a ring at the focal point. */
const Thumbnail: FC<{ file: ComposerFile }> = ({ file: { view, focus } }) =>
  view.previewFile ? (
    <div class="composer-thumbnail" data-focus={view.id}>
      <img src={`/media/${view.previewFile}`} alt="" draggable={false} />
      <svg aria-hidden="true">
        <circle cx={`${toPercent(focus.x)}%`} cy={`${toPercent(-focus.y)}%`} r="9" />
      </svg>
    </div>
  ) : (
    <div class="composer-thumbnail composer-thumbnail-none">
      <Icon name="image" />
    </div>
  )

const FocusFields: FC<{ file: ComposerFile; number: number }> = ({ file: { view, focus }, number }) => {
  const { t } = useMessages()
  const isSet = Math.abs(focus.x) > 0.01 || Math.abs(focus.y) > 0.01
  return (
    <details class="composer-focus" open={isSet}>
      <summary>{t('composer.focus')}</summary>
      <p class="hint">{t('composer.focusHint')}</p>
      <div class="composer-focus-fields">
        <FocusField id={`focus_x-${view.id}`} label={t('composer.focusX', { number })} value={toPercent(focus.x)} />
        <FocusField id={`focus_y-${view.id}`} label={t('composer.focusY', { number })} value={toPercent(-focus.y)} />
      </div>
    </details>
  )
}

const FocusField: FC<{ id: string; label: string; value: number }> = ({ id, label, value }) => (
  <div class="field">
    <label for={id}>{label}</label>
    <input type="number" id={id} name={id} min={0} max={100} value={String(value)} inputmode="numeric" />
  </div>
)

/** From -1 to 1 to 0 to 100. */
const toPercent = (value: number): number => Math.round((value + 1) * 50)
