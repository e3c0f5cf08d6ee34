/** The parts of the composer that its buttons open. With scripts they open at once, so all are in the page. */
import type { Child, FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import { refusalIn } from '#src/text/refusals.ts'
import { Check, Field, Select } from '../form.tsx'
import { languageOptions } from '../languages.ts'
import { useFormats, useMessages } from '../page-context.ts'
import { PolicyFields } from '../policy-fields.tsx'
import { ScheduleField } from '../schedule-field.tsx'
import type { ComposerProps } from './props.ts'
import type { ComposerState, Section } from './state.ts'

export const sectionId = (section: Section): string => `composer-${section}`

const SectionBox: FC<{ state: ComposerState; section: Section; isNeeded?: boolean; children?: Child }> = ({
  state,
  section,
  isNeeded = false,
  children,
}) => (
  <div class="composer-section" id={sectionId(section)} hidden={!isNeeded && !state.open.has(section)}>
    {children}
  </div>
)

export const WarningSection: FC<{ state: ComposerState }> = ({ state }) => {
  const { t } = useMessages()
  const [first] = state.content.parts
  return (
    <SectionBox state={state} section="warning" isNeeded={first?.spoilerText !== '' || first?.isSensitive}>
      <Field
        name="spoiler_text"
        label={t('composer.warning')}
        value={first?.spoilerText ?? ''}
        hint={t('composer.warningHint')}
      />
      <Check name="sensitive" label={t('composer.sensitive')} checked={first?.isSensitive ?? false} />
    </SectionBox>
  )
}

/** Without scripts: the shortcodes, to copy. With scripts, a picker takes its place. */
export const EmojiSection: FC<{ state: ComposerState; emojis: readonly EmojiView[] }> = ({ state, emojis }) => {
  const { t } = useMessages()
  const listed = emojis.filter(({ isListed, file }) => isListed && file)
  return (
    <SectionBox state={state} section="emoji">
      <p class="hint">{listed.length > 0 ? t('composer.emojiHint') : t('composer.emojiNone')}</p>
      {listed.length > 0 && (
        <ul class="composer-shortcodes">
          {listed.map(({ shortcode, file }) => (
            <li>
              <img src={`/media/${file}`} alt="" width={24} height={24} loading="lazy" /> <code>:{shortcode}:</code>
            </li>
          ))}
        </ul>
      )}
    </SectionBox>
  )
}

export const ScheduleSection: FC<Pick<ComposerProps, 'state' | 'zone' | 'refusal'>> = ({ state, zone, refusal }) => {
  const messages = useMessages()
  const problem = refusal?.text?.key.startsWith('scheduled') ? { problem: refusalIn(messages, refusal) } : {}
  return (
    <SectionBox state={state} section="schedule" isNeeded={state.content.scheduledAt !== null}>
      <ScheduleField value={state.content.scheduledAt ?? ''} zone={zone} {...problem} />
    </SectionBox>
  )
}

export const MoreSection: FC<{ state: ComposerState; isEdit: boolean }> = ({ state, isEdit }) => {
  const messages = useMessages()
  const { t } = messages
  const { language, format, visibility, quotePolicy, interactionPolicy, isLocalOnly, inReplyToId } = state.content
  return (
    <SectionBox state={state} section="more" isNeeded={isLocalOnly && !isEdit}>
      <div class="composer-pair">
        <Select
          name="language"
          label={t('composer.language')}
          value={language ?? ''}
          options={languageOptions(messages, useFormats())}
        />
        <Select
          name="format"
          label={t('composer.format')}
          value={format ?? 'plain'}
          options={[
            ['plain', t('composer.formatPlain')],
            ['markdown', t('composer.formatMarkdown')],
          ]}
        />
      </div>
      <PolicyFields
        policy={{ interactionPolicy, quotePolicy: quotePolicy ?? 'public', quoteManual: state.quoteManual }}
        {...(isEdit && visibility ? { visibility } : {})}
        open
      />
      {!isEdit && (
        <Check
          name="local_only"
          label={t('composer.localOnly')}
          checked={isLocalOnly}
          hint={t(inReplyToId ? 'composer.localOnlyReplyHint' : 'composer.localOnlyHint')}
        />
      )}
    </SectionBox>
  )
}
