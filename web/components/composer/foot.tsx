import type { FC } from 'hono/jsx'
import { limits } from '#src/rules/limits.ts'
import { Select } from '../form.tsx'
import { useMessages } from '../page-context.ts'
import { visibilityOptions } from '../visibility.ts'
import type { ComposerProps } from './props.ts'
import { sectionId } from './sections.tsx'
import type { Section } from './state.ts'
import { Counter, PartTools, Tool } from './tools.tsx'

/** The row of buttons, with those that send the form. */
export const ComposerFoot: FC<ComposerProps> = (props) => {
  const { state, edited = null, isCompact } = props
  const messages = useMessages()
  const { t } = messages
  const { parts, inReplyToId, scheduledAt } = state.content
  const [first] = parts
  const toggle = (section: Section) =>
    isCompact ? {} : { expanded: state.open.has(section), controls: sectionId(section), script: 'toggle' }
  return (
    <div
      class="composer-foot"
      data-suggestions={t('composer.suggestions')}
      data-suggestion-count={t('composer.suggestionCount')}
      data-emoji-search={t('composer.emojiSearch')}
      data-emoji-nothing={t('composer.emojiNothing')}
    >
      <div class="composer-tools">
        {parts.length === 1 && first && <PartTools {...props} part={first} index={0} />}
        <Tool step="show warning" icon="warning" label={t('composer.warningTool')} {...toggle('warning')} />
        <Tool step="show emoji" icon="smile" label={t('composer.emojiTool')} {...toggle('emoji')} script="emoji" />
        {!edited && (
          <Tool step="show schedule" icon="clock" label={t('composer.scheduleTool')} {...toggle('schedule')} />
        )}
        {!edited && !isCompact && parts.length < limits.drafts.maxParts && (
          <Tool step="part" icon="plus" label={t('composer.addPart')} />
        )}
        <Tool step="show more" icon="more" label={t('composer.moreTool')} {...toggle('more')} />
      </div>
      <div class="composer-send">
        {!isCompact && (
          <div class="composer-asides">
            <button type="submit" name="do" value="preview" class="button button-quiet">
              {t('composer.previewButton')}
            </button>
            {edited ? (
              <a href={edited.path} class="button button-quiet">
                {t('composer.keepAsIs')}
              </a>
            ) : (
              <button type="submit" name="do" value="draft" class="button button-quiet">
                {t('composer.saveDraft')}
              </button>
            )}
          </div>
        )}
        <div class="composer-finish">
          {!edited && (
            <Select
              name="visibility"
              label={t('composer.visibility')}
              value={state.content.visibility ?? 'public'}
              options={visibilityOptions(messages)}
              hidesLabel
            />
          )}
          {parts.length === 1 && <Counter index={0} />}
          <button type="submit" name="do" value="post" class="button composer-post">
            {edited
              ? t('composer.save')
              : scheduledAt
                ? t('composer.schedule')
                : inReplyToId
                  ? t('composer.reply')
                  : t('composer.post')}
          </button>
        </div>
      </div>
      <span
        class="hint composer-saved"
        role="status"
        data-saved={t('composer.autosaved')}
        data-leave={edited ? '1' : undefined}
      />
    </div>
  )
}
