import type { FC } from 'hono/jsx'
import { limits } from '#src/rules/limits.ts'
import type { DraftPart } from '#src/statuses/drafts.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useMessages } from '../page-context.ts'
import type { ComposerProps } from './props.ts'
import { type Section, textName } from './state.ts'

type ToolProps = { step: string; icon: IconName; label: string; expanded?: boolean; controls?: string; script?: string }

/** A button of the composer's row: it posts the whole form, and `step` names the change. */
export const Tool: FC<ToolProps> = ({ step, icon, label, expanded, controls, script }) => (
  <button
    type="submit"
    name="do"
    value={step}
    class="button-icon"
    aria-label={label}
    title={label}
    aria-expanded={expanded === undefined ? undefined : expanded ? 'true' : 'false'}
    aria-controls={controls}
    data-tool={script}
  >
    <Icon name={icon} />
  </button>
)

/** The buttons for the options of each post of a thread, and its counter. */
export const PartTools: FC<ComposerProps & { part: DraftPart; index: number }> = ({
  part,
  index,
  state,
  isCompact,
}) => {
  const { t } = useMessages()
  const { parts, quotedStatusId } = state.content
  const section: Section = `files-${index}`
  const isQuote = quotedStatusId !== null && index === 0
  const number = parts.length > 1 ? index + 1 : 0
  return (
    <>
      {!isQuote && (
        <>
          <Tool
            step={`show ${section}`}
            icon="image"
            label={t('composer.addFilesTo', { number })}
            script="files"
            {...(isCompact ? {} : { expanded: state.open.has(section) || part.mediaIds.length > 0 })}
          />
          {!part.poll && <Tool step={`poll ${index}`} icon="bars" label={t('composer.addPollTo', { number })} />}
        </>
      )}
      {parts.length > 1 && <Tool step={`no-part ${index}`} icon="trash" label={t('composer.removePart', { number })} />}
      {parts.length > 1 && <Counter index={index} />}
    </>
  )
}

/** The room that is left. Without scripts it only names the limit; a refusal says by how much it was exceeded. */
export const Counter: FC<{ index: number }> = ({ index }) => {
  const { t } = useMessages()
  const max = limits.status.maxCharacters
  return (
    <span
      class="composer-count"
      data-count-of={textName(index)}
      data-max={max}
      data-left={t('composer.charactersLeft')}
      data-over={t('composer.charactersOver')}
    >
      <span class="unseen">{t('composer.limitBefore')} </span>
      <span class="composer-count-number">{max}</span>
      <span class="unseen composer-count-status" role="status" />
    </span>
  )
}
