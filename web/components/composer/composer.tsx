import type { FC } from 'hono/jsx'
import { scriptUrls } from '../../assets.ts'
import { Form, NoticeBox, Refused } from '../form.tsx'
import { useMessages } from '../page-context.ts'
import { CarriedFields } from './carried.tsx'
import { ComposerFoot } from './foot.tsx'
import { PartFields } from './part.tsx'
import { PreviewBox } from './preview.tsx'
import type { ComposerProps } from './props.ts'
import { EmojiSection, MoreSection, ScheduleSection, WarningSection } from './sections.tsx'

/** The form for new posts, replies, quotes, drafts, threads and edits. */
export const Composer: FC<ComposerProps> = (props) => {
  const { state, edited = null, refusal = null, refusedPart = null } = props
  const { notice = null, reminds = false, preview = null, isCompact } = props
  const { t } = useMessages()
  const { parts } = state.content
  return (
    <Form
      action={edited ? `/statuses/${edited.id}/edit` : '/compose'}
      class={isCompact ? 'composer composer-compact' : 'composer'}
      upload
      // A draft may hold anything; and a time that has passed meanwhile must not keep the other buttons from working.
      unchecked
      label={edited ? t('composer.edit') : t('composer.new')}
    >
      {/* The Enter key presses the first button of a form. This one only shows the form again. */}
      <button type="submit" name="do" value="keep" hidden />
      <div class="composer-notes">
        <Refused refusal={refusedPart === null ? refusal : null} />
        {notice && <NoticeBox kind="plain">{notice}</NoticeBox>}
        {reminds && <Reminder />}
      </div>
      <CarriedFields state={state} isCompact={isCompact ?? false} />
      {parts.map((part, i) => (
        <PartFields {...props} part={part} index={i} />
      ))}
      {!isCompact && (
        <>
          <WarningSection state={state} />
          <EmojiSection state={state} emojis={props.emojis ?? []} />
          {!edited && <ScheduleSection state={state} zone={props.zone} refusal={refusal} />}
          <MoreSection state={state} isEdit={edited !== null} />
          <PreviewBox parts={preview} />
        </>
      )}
      <ComposerFoot {...props} />
      <script type="module" src={scriptUrls.composer} />
    </Form>
  )
}

const Reminder: FC = () => {
  const { t } = useMessages()
  return (
    <div class="notice notice-plain composer-reminder" role="alert">
      <p>
        <strong>{t('composer.postUndescribed')}</strong> {t('composer.describeWhy')}
      </p>
      <input type="hidden" name="reminded" value="1" />
      <button type="submit" name="do" value="post" class="button button-quiet">
        {t('composer.postAnyway')}
      </button>
    </div>
  )
}
