import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { type CollectionInput, collectionLimits } from '#src/reading/collections/manage.ts'
import type { CollectionView } from '#src/reading/collections/views.ts'
import { Check, Field, Select } from '../../components/form.tsx'
import { isLanguage, languageOptions } from '../../components/languages.ts'
import { useFormats, useMessages } from '../../components/page-context.ts'
import type { Form } from '../../env.ts'
import { refusedField } from '../../refused.ts'

type Values = Required<CollectionInput>

const newCollection: Values = {
  name: '',
  description: '',
  language: '',
  tagName: '',
  isSensitive: false,
  isDiscoverable: true,
}

/** The values of a stored collection. */
export const storedValues = ({ tag, language, ...collection }: CollectionView): Values => ({
  ...collection,
  language: language ?? '',
  tagName: tag?.displayName ?? '',
})

/** What a form says about a collection. */
export const inputIn = (form: Form): Values => ({
  name: form.text('name'),
  description: form.text('description'),
  language: form.text('language'),
  tagName: form.text('tag'),
  isSensitive: form.isChecked('sensitive'),
  isDiscoverable: form.isChecked('discoverable'),
})

/** The fields of a collection. */
export const CollectionFields: FC<{ values?: Values; refusal: Refusal | null }> = ({
  values = newCollection,
  refusal,
}) => {
  const messages = useMessages()
  const { t } = messages
  const refused = refusedField(refusal)
  const options = languageOptions(messages, useFormats())
  // A language that this site doesn't offer may come from an app.
  const known = values.language === '' || isLanguage(values.language)
  return (
    <>
      <Field
        name="name"
        label={t('collections.name')}
        value={values.name}
        isRefused={refused === 'name'}
        required
        maxlength={collectionLimits.nameLength * 2}
        autocomplete="off"
      />
      <Field
        name="description"
        label={t('collections.description')}
        hint={t('collections.descriptionHint', { max: collectionLimits.descriptionLength })}
        value={values.description}
        isRefused={refused === 'description'}
        rows={2}
      />
      <div class="pairs">
        <Field
          name="tag"
          label={t('collections.tag')}
          value={values.tagName}
          isRefused={refused === 'tag'}
          maxlength={200}
          autocapitalize="none"
          autocomplete="off"
        />
        <Select
          name="language"
          label={t('collections.language')}
          value={values.language}
          isRefused={refused === 'language'}
          options={known ? options : [[values.language, values.language], ...options]}
        />
      </div>
      <Check
        name="discoverable"
        label={t('collections.discoverable')}
        hint={t('collections.discoverableHint')}
        checked={values.isDiscoverable}
      />
      <Check
        name="sensitive"
        label={t('collections.sensitive')}
        hint={t('collections.sensitiveHint')}
        checked={values.isSensitive}
      />
    </>
  )
}
