import type { Child, FC } from 'hono/jsx'
import type { ProfileInput } from '#src/accounts/profile/profile.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { limits } from '#src/rules/limits.ts'
import { Avatar, headerUrl } from '../../components/account.tsx'
import { Check, Field, Form, Refused } from '../../components/form.tsx'
import { useMessages, usePage } from '../../components/page-context.ts'
import { refusedField } from '../../refused.ts'
import { Facts } from './facts.tsx'

export type Values = Required<Omit<ProfileInput, 'avatar' | 'header'>>

const images = 'image/jpeg,image/png,image/webp,image/gif,image/avif'

export const ProfileForm: FC<{ account: AccountView; values: Values; refusal: Refusal | null }> = ({
  account,
  values,
  refusal,
}) => {
  const { t } = useMessages()
  const { maxDisplayNameLength, maxNoteLength } = limits.account
  const refused = refusedField(refusal)
  return (
    <Form action="/settings/profile" class="sheet" upload label={t('profileSettings.form')}>
      <Refused refusal={refusal} />
      <Counted max={maxDisplayNameLength}>
        <Field
          name="display_name"
          isRefused={refused === 'display_name'}
          label={t('profileSettings.displayName')}
          value={values.displayName}
          maxlength={100}
          autocomplete="name"
          hint={t('profileSettings.upTo', { max: maxDisplayNameLength })}
        />
      </Counted>
      <Counted max={maxNoteLength}>
        <Field
          name="note"
          isRefused={refused === 'note'}
          label={t('profileSettings.note')}
          rows={5}
          value={values.note}
          maxlength={10_000}
          hint={t('profileSettings.noteHint', { max: maxNoteLength })}
        />
      </Counted>
      <Images account={account} values={values} refused={refused} />
      <Facts facts={values.fields} />
      <Finding values={values} />
      <fieldset>
        <legend>{t('profileSettings.shown')}</legend>
        <p class="hint">{t('profileSettings.shownHint')}</p>
        <Check name="shows_media" label={t('profileSettings.showsMedia')} checked={values.showsMedia} />
        <Check
          name="shows_media_replies"
          label={t('profileSettings.showsMediaReplies')}
          checked={values.showsMediaReplies}
        />
        <Check name="shows_featured" label={t('profileSettings.showsFeatured')} checked={values.showsFeatured} />
      </fieldset>
      <fieldset>
        <legend>{t('profileSettings.author')}</legend>
        <Field
          name="attribution_domains"
          isRefused={refused === 'attribution_domains'}
          label={t('profileSettings.domains')}
          rows={3}
          value={values.attributionDomains.join('\n')}
          maxlength={30_000}
          autocapitalize="none"
          hint={t('profileSettings.domainsHint')}
        />
      </fieldset>
      <div class="buttons">
        <button type="submit" class="button">
          {t('common.save')}
        </button>
      </div>
    </Form>
  )
}

/** Tells the script of counters the limit of the field inside, in characters as readers see them. */
const Counted: FC<{ max: number; children?: Child }> = ({ max, children }) => <div data-count-to={max}>{children}</div>

type ImagesProps = { account: AccountView; values: Values; refused: string | undefined }

const Images: FC<ImagesProps> = ({ account, values, refused }) => {
  const { t } = useMessages()
  const header = headerUrl(account, usePage().remoteFile)
  const { maxImageDescriptionLength: max } = limits.account
  return (
    <div class="images">
      <div class="image-field">
        <div class="avatar-preview" data-preview="1">
          <Avatar account={account} size="large" />
        </div>
        <Field
          name="avatar"
          isRefused={refused === 'avatar'}
          label={t('profileSettings.avatar')}
          type="file"
          accept={images}
          hint={t('profileSettings.avatarHint', { max: Math.floor(limits.media.maxImageBytes / 1_048_576) })}
        />
        <Counted max={max}>
          <Field
            name="avatar_description"
            isRefused={refused === 'avatar_description'}
            label={t('profileSettings.avatarDescription')}
            value={values.avatarDescription}
            maxlength={max * 4}
            hint={t('profileSettings.avatarDescriptionHint', { max })}
          />
        </Counted>
        {account.avatarFile && <Check name="avatar_remove" label={t('profileSettings.avatarRemove')} checked={false} />}
      </div>
      <div class="image-field">
        <div class="header-preview" data-preview="3">
          {header && <img src={header} alt="" width={1500} height={500} />}
        </div>
        <Field
          name="header"
          isRefused={refused === 'header'}
          label={t('profileSettings.header')}
          type="file"
          accept={images}
          hint={t('profileSettings.headerHint')}
        />
        <Counted max={max}>
          <Field
            name="header_description"
            isRefused={refused === 'header_description'}
            label={t('profileSettings.headerDescription')}
            value={values.headerDescription}
            maxlength={max * 4}
            hint={t('profileSettings.upTo', { max })}
          />
        </Counted>
        {account.headerFile && <Check name="header_remove" label={t('profileSettings.headerRemove')} checked={false} />}
      </div>
    </div>
  )
}

const Finding: FC<{ values: Values }> = ({ values }) => {
  const { t } = useMessages()
  return (
    <fieldset>
      <legend>{t('profileSettings.finding')}</legend>
      <Check
        name="locked"
        label={t('profileSettings.locked')}
        checked={values.isLocked}
        hint={t('profileSettings.lockedHint')}
      />
      <Check
        name="discoverable"
        label={t('profileSettings.discoverable')}
        checked={values.isDiscoverable}
        hint={t('profileSettings.discoverableHint')}
      />
      <Check
        name="indexable"
        label={t('profileSettings.indexable')}
        checked={values.isIndexable}
        hint={t('profileSettings.indexableHint')}
      />
      <Check name="hides_collections" label={t('profileSettings.hidesCollections')} checked={values.hidesCollections} />
      <Check name="bot" label={t('profileSettings.bot')} checked={values.isBot} />
    </fieldset>
  )
}
