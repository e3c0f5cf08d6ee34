import type { FC } from 'hono/jsx'
import type { DraftPart } from '#src/statuses/drafts.ts'
import { invalid, Refused, textAreaValue } from '../form.tsx'
import { useMessages } from '../page-context.ts'
import { FileFields } from './files.tsx'
import { PollFields } from './poll-fields.tsx'
import type { ComposerProps } from './props.ts'
import { textName } from './state.ts'
import { PartTools } from './tools.tsx'

/** One post of the form: its text, files and poll. */
export const PartFields: FC<ComposerProps & { part: DraftPart; index: number }> = ({ part, index, ...props }) => {
  const { t } = useMessages()
  const { state, edited, autofocus, isCompact, refusal = null, refusedPart = null } = props
  const { parts, inReplyToId } = state.content
  const label =
    parts.length > 1
      ? t('composer.textOfPart', { number: index + 1 })
      : edited
        ? t('composer.textOfEdit')
        : inReplyToId
          ? t('composer.textOfReply')
          : t('composer.text')
  const name = textName(index)
  const isRefused = refusal !== null && index === refusedPart
  return (
    <div class="composer-part" data-index={index}>
      {isRefused && (
        <div id={`${name}-problem`}>
          <Refused refusal={refusal} />
        </div>
      )}
      <label for={name} class="unseen">
        {label}
      </label>
      <textarea
        id={name}
        name={name}
        rows={isCompact ? 2 : index === 0 ? 4 : 3}
        dir="auto"
        autofocus={autofocus && index === (refusedPart ?? parts.length - 1)}
        {...(isRefused ? invalid(name) : {})}
        placeholder={label}
      >
        {textAreaValue(part.text)}
      </textarea>
      {!isCompact && (
        <>
          <FileFields part={part} index={index} state={state} maxFiles={props.maxFiles} />
          {part.poll && (
            <PollFields
              poll={part.poll}
              index={index}
              keepsEnd={edited?.hasPoll ?? false}
              isRefused={refusal?.text?.key.startsWith('poll') ?? false}
            />
          )}
        </>
      )}
      {parts.length > 1 && (
        <div class="composer-tools composer-part-tools">
          <PartTools {...props} part={part} index={index} />
        </div>
      )}
    </div>
  )
}
