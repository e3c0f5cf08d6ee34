import { Hono } from 'hono'
import { loadOwnProfile, type ProfileInput, updateProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { limits } from '#src/rules/limits.ts'
import { Avatar, headerUrl, profilePath } from '../../components/account.tsx'
import { Check, Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import type { C, Env, Form as Sent } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

type Values = Required<
  Pick<
    ProfileInput,
    | 'displayName'
    | 'note'
    | 'fields'
    | 'isLocked'
    | 'isBot'
    | 'isDiscoverable'
    | 'isIndexable'
    | 'hidesCollections'
    | 'avatarDescription'
    | 'headerDescription'
  >
>

/** Editing the profile. */
export const profileSettings = new Hono<Env>()
  .get('/settings/profile', requireViewer, async (c) => {
    const { account, noteSource } = await load(c)
    const values: Values = {
      displayName: account.displayName,
      note: noteSource,
      fields: account.fields.map(({ name, value, source }) => ({ name, value: source ?? value })),
      isLocked: account.isLocked,
      isBot: account.actorType === 'Service',
      isDiscoverable: account.isDiscoverable,
      isIndexable: account.isIndexable,
      hidesCollections: account.hidesCollections,
      avatarDescription: account.avatarDescription,
      headerDescription: account.headerDescription,
    }
    return profilePage(c, account, values)
  })
  .post('/settings/profile', requireViewer, async (c) => {
    const { app, form } = c.var
    const values = valuesOf(form)
    const images = { avatar: await imageOf(form, 'avatar'), header: await imageOf(form, 'header') }
    const chosen = Object.fromEntries(Object.entries(images).filter(([, image]) => image !== undefined))
    const { accountId } = viewerOf(c)
    const refusal = await refusalOf(async () => {
      await countAction(app, 'profiles', accountId)
      await updateProfile(app, accountId, { ...values, ...chosen })
    })
    if (!refusal) return c.redirect('/settings/profile?saved=1', 303)
    return profilePage(c, (await load(c)).account, values, refusal)
  })

async function load(c: C): Promise<{ account: AccountView; noteSource: string }> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const [[account], own] = await Promise.all([loadAccountViews(db, [accountId]), loadOwnProfile(db, accountId)])
  if (!account || !own) throw notFound()
  return { account, noteSource: own.noteSource }
}

function valuesOf(form: Sent): Values {
  return {
    displayName: form.text('display_name'),
    note: form.text('note'),
    fields: [...Array(limits.account.maxFields).keys()].map((i) => ({
      name: form.text(`field_name_${i}`),
      value: form.text(`field_value_${i}`),
    })),
    isLocked: form.isChecked('locked'),
    isBot: form.isChecked('bot'),
    isDiscoverable: form.isChecked('discoverable'),
    isIndexable: form.isChecked('indexable'),
    hidesCollections: form.isChecked('hides_collections'),
    avatarDescription: form.text('avatar_description'),
    headerDescription: form.text('header_description'),
  }
}

/** A new image; null to remove the present one, undefined to keep it. */
async function imageOf(form: Sent, name: string): Promise<Buffer | null | undefined> {
  return (await form.file(name)) ?? (form.isChecked(`${name}_remove`) ? null : undefined)
}

function profilePage(c: C, account: AccountView, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const header = headerUrl(account, c.var.app.uris.remoteFile)
  const images = 'image/jpeg,image/png,image/webp,image/gif,image/avif'
  return page(
    c,
    'Profile settings',
    <>
      <SettingsHead here="/settings/profile" />
      {c.req.query('saved') && (
        <NoticeBox kind="good">
          Saved. <a href={profilePath(account)}>See your profile</a>
        </NoticeBox>
      )}
      <Form action="/settings/profile" class="sheet" upload label="Profile">
        <Refused refusal={refusal} />
        <Field
          name="display_name"
          label="Display name"
          value={values.displayName}
          maxlength={100}
          autocomplete="name"
        />
        <Field
          name="note"
          label="About you"
          rows={5}
          value={values.note}
          hint={`Up to ${limits.account.maxNoteLength} characters. @mentions, #hashtags and links work.`}
        />
        <div class="images">
          <div class="image-field">
            <Avatar account={account} size="large" />
            <Field
              name="avatar"
              label="Picture"
              type="file"
              accept={images}
              hint="JPEG, PNG, WebP, GIF or AVIF, up to 16 MB"
            />
            <Field
              name="avatar_description"
              label="What the picture shows"
              value={values.avatarDescription}
              maxlength={limits.account.maxImageDescriptionLength}
              hint="For people who don’t see it"
            />
            {account.avatarFile && <Check name="avatar_remove" label="Take it away" checked={false} />}
          </div>
          <div class="image-field">
            <div class="header-preview">{header && <img src={header} alt="" width={1500} height={500} />}</div>
            <Field
              name="header"
              label="Header image"
              type="file"
              accept={images}
              hint="Shown three times as wide as high"
            />
            <Field
              name="header_description"
              label="What the header image shows"
              value={values.headerDescription}
              maxlength={limits.account.maxImageDescriptionLength}
            />
            {account.headerFile && <Check name="header_remove" label="Take it away" checked={false} />}
          </div>
        </div>
        <fieldset>
          <legend>Facts</legend>
          <p class="hint">Up to {limits.account.maxFields} lines, such as your website, pronouns or where you are.</p>
          {[...Array(limits.account.maxFields).keys()].map((i) => (
            <div class="field-pair">
              <label for={`field_name_${i}`} class="unseen">
                Label {i + 1}
              </label>
              <input
                id={`field_name_${i}`}
                name={`field_name_${i}`}
                value={values.fields[i]?.name ?? ''}
                placeholder="Label"
                maxlength={255}
                dir="auto"
              />
              <label for={`field_value_${i}`} class="unseen">
                Content {i + 1}
              </label>
              <input
                id={`field_value_${i}`}
                name={`field_value_${i}`}
                value={values.fields[i]?.value ?? ''}
                placeholder="Content"
                maxlength={255}
                dir="auto"
              />
            </div>
          ))}
        </fieldset>
        <fieldset>
          <legend>Who finds and follows you</legend>
          <Check
            name="locked"
            label="I approve followers"
            checked={values.isLocked}
            hint="People who follow you wait until you accept them."
          />
          <Check name="discoverable" label="Suggest me to others" checked={values.isDiscoverable} />
          <Check name="indexable" label="Let search engines find my public posts" checked={values.isIndexable} />
          <Check
            name="hides_collections"
            label="Hide whom I follow and who follows me"
            checked={values.hidesCollections}
          />
          <Check name="bot" label="This account is run by a program" checked={values.isBot} />
        </fieldset>
        <div class="buttons">
          <button type="submit" class="button">
            Save
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
