import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import {
  type PreferenceChanges,
  type preferenceChoices,
  type Preferences,
  savePreferences,
} from '#src/accounts/profile/preferences.ts'
import { loadOwnProfile, type OwnProfile } from '#src/accounts/profile/profile.ts'
import { isStaff } from '#src/accounts/roles/permissions.ts'
import { type FieldProblem, notFound, type Refusal } from '#src/platform/errors.ts'
import { saveDefaultPolicies } from '#src/statuses/access/own-policy.ts'
import { locales } from '#src/text/catalogue.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Check, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { languageOptions } from '../../components/languages.ts'
import { useFormats, useMessages } from '../../components/page-context.ts'
import { visibilityOptions } from '../../components/visibility.ts'
import type { C, Env, Form as Sent } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { Choice } from './choice.tsx'
import { DefaultPolicyFields, defaultPoliciesOf, type StoredPolicies } from './default-policies.tsx'
import { SettingsHead } from './tabs.tsx'
import { timeZoneGroups } from './time-zones.ts'
import { undoOptions } from './undo-options.ts'

/** Defaults of new posts, what timelines show, how pages look, and mails. */
export const preferenceSettings = new Hono<Env>()
  .get('/settings/preferences', requireOwner, (c) => preferencesPage(c))
  .post('/settings/preferences', requireOwner, async (c) => {
    const { app, form } = c.var
    const { accountId } = ownerOf(c)
    const { policies, quotePolicy } = defaultPoliciesOf(form, await load(c))
    const changes = { ...changesOf(form), ...(quotePolicy ? { defaultQuotePolicy: quotePolicy } : {}) }
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) => {
        await savePreferences(tx, accountId, changes)
        await saveDefaultPolicies(tx, accountId, policies)
      }),
    )
    return refusal
      ? preferencesPage(c, { ...changes, defaultInteractionPolicies: policies }, refusal)
      : c.redirect('/settings/preferences?saved=1', 303)
  })

type Plain = Omit<PreferenceChanges, 'defaultQuotePolicy'>

function changesOf(form: Sent): Plain {
  return {
    defaultVisibility: form.text('default_visibility'),
    defaultLanguage: form.text('default_language') || null,
    defaultFormat: form.text('default_format'),
    defaultSensitive: form.isChecked('default_sensitive'),
    descriptionRule: form.text('description_rule'),
    undoSeconds: /^\d{1,4}$/.test(form.text('undo_seconds')) ? Number(form.text('undo_seconds')) : Number.NaN,
    mediaDisplay: form.text('media_display'),
    expandsWarnings: form.isChecked('expands_warnings'),
    groupsBoosts: form.isChecked('groups_boosts'),
    autoplaysLoops: form.isChecked('autoplays_loops'),
    usesSingleKeys: form.isChecked('uses_single_keys'),
    appearance: form.text('appearance'),
    textSize: form.text('text_size'),
    locale: form.text('locale') || null,
    timeZone: form.text('time_zone') || null,
    mailsMentions: form.isChecked('mails_mentions'),
  }
}

async function load(c: C): Promise<OwnProfile> {
  const own = await loadOwnProfile(c.var.app.db, ownerOf(c).accountId)
  if (!own) throw notFound()
  return own
}

/** Preferences as they are stored, or as a refused form sent them. */
type Values = Required<Plain> & StoredPolicies

async function preferencesPage(
  c: C,
  changes: Plain & Partial<StoredPolicies> = {},
  refusal: Refusal | null = null,
): Promise<Response> {
  const own = await load(c)
  const { t, rich } = c.var.messages
  const values = { ...own, ...changes } as Values
  const problems = refusal?.problems ?? []
  return page(
    c,
    t('preferences.title'),
    <>
      <SettingsHead here="/settings/preferences" />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <Form action="/settings/preferences" class="sheet preferences" label={t('preferences.title')}>
        <Refused refusal={refusal} />
        <NewPosts values={values} problems={problems} />
        <Reading values={values} problems={problems} />
        <Look values={values} problems={problems} />
        <fieldset>
          <legend>{t('preferences.mails')}</legend>
          <Check
            name="mails_mentions"
            label={t(isStaff(ownerOf(c).permissions) ? 'preferences.mailsStaff' : 'preferences.mailsMentions')}
            checked={values.mailsMentions ?? false}
            hint={rich('preferences.mailsTo', { email: <bdi>{own.email}</bdi> })}
          />
        </fieldset>
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
        </div>
      </Form>
      <p class="more">
        <a href="/keyboard">{t('keyboard.title')}</a>
      </p>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

type SectionProps = { values: Values; problems: readonly FieldProblem[] }

const words = {
  defaultFormat: { plain: 'preferences.formatPlain', markdown: 'preferences.formatMarkdown' },
  descriptionRule: {
    off: 'preferences.descriptionOff',
    remind: 'preferences.descriptionRemind',
    require: 'preferences.descriptionRequire',
  },
  mediaDisplay: {
    default: 'preferences.mediaDefault',
    show_all: 'preferences.mediaShowAll',
    hide_all: 'preferences.mediaHideAll',
  },
  appearance: {
    system: 'preferences.appearanceSystem',
    light: 'preferences.appearanceLight',
    dark: 'preferences.appearanceDark',
  },
  textSize: {
    small: 'preferences.textSmall',
    medium: 'preferences.textMedium',
    large: 'preferences.textLarge',
    larger: 'preferences.textLarger',
  },
} as const satisfies {
  [Name in Exclude<keyof typeof preferenceChoices, 'defaultVisibility' | 'defaultQuotePolicy'>]: Record<
    Preferences[Name],
    MessageKey
  >
}

/** The options of a preference with a fixed set of values. */
function useOptions(name: keyof typeof words): [string, string][] {
  const { t } = useMessages()
  return Object.entries(words[name]).map(([value, key]) => [value, t(key)])
}

const NewPosts: FC<SectionProps> = ({ values, problems }) => {
  const { t } = useMessages()
  return (
    <fieldset>
      <legend>{t('preferences.newPosts')}</legend>
      <p class="hint">{t('preferences.newPostsHint')}</p>
      <div class="pairs">
        <Choice
          name="default_visibility"
          label={t('preferences.visibility')}
          value={values.defaultVisibility ?? ''}
          options={visibilityOptions(useMessages()).filter(([name]) => name !== 'direct')}
          hint={t('preferences.visibilityHint')}
          problems={problems}
        />
        <Choice
          name="default_language"
          label={t('preferences.language')}
          value={values.defaultLanguage ?? ''}
          options={useLanguages(values.defaultLanguage ?? null)}
          problems={problems}
        />
        <Choice
          name="default_format"
          label={t('preferences.format')}
          value={values.defaultFormat ?? ''}
          options={useOptions('defaultFormat')}
          problems={problems}
        />
      </div>
      <DefaultPolicyFields stored={values} />
      <Choice
        name="description_rule"
        label={t('preferences.descriptionRule')}
        value={values.descriptionRule ?? ''}
        options={useOptions('descriptionRule')}
        hint={t('preferences.descriptionHint')}
        problems={problems}
      />
      <Choice
        name="undo_seconds"
        label={t('preferences.undo')}
        value={String(values.undoSeconds)}
        options={undoOptions(t, values.undoSeconds ?? 0)}
        hint={t('preferences.undoHint')}
        problems={problems}
      />
      <Check
        name="default_sensitive"
        label={t('preferences.sensitive')}
        checked={values.defaultSensitive ?? false}
        hint={t('preferences.sensitiveHint')}
      />
    </fieldset>
  )
}

/** The languages of posts, with one that only an app offers. */
function useLanguages(chosen: string | null): (readonly [string, string])[] {
  const options = languageOptions(useMessages(), useFormats())
  const isOffered = chosen === null || options.some(([code]) => code === chosen)
  return isOffered ? options : [...options, [chosen, useFormats().language(chosen) ?? chosen]]
}

const Reading: FC<SectionProps> = ({ values, problems }) => {
  const { t } = useMessages()
  return (
    <fieldset>
      <legend>{t('preferences.reading')}</legend>
      <Choice
        name="media_display"
        label={t('preferences.media')}
        value={values.mediaDisplay ?? ''}
        options={useOptions('mediaDisplay')}
        problems={problems}
      />
      <Check
        name="autoplays_loops"
        label={t('preferences.autoplaysLoops')}
        checked={values.autoplaysLoops ?? false}
        hint={t('preferences.autoplaysLoopsHint')}
      />
      <Check
        name="expands_warnings"
        label={t('preferences.expandsWarnings')}
        checked={values.expandsWarnings ?? false}
        hint={t('preferences.expandsWarningsHint')}
      />
      <Check
        name="groups_boosts"
        label={t('preferences.groupsBoosts')}
        checked={values.groupsBoosts ?? false}
        hint={t('preferences.groupsBoostsHint')}
      />
    </fieldset>
  )
}

const Look: FC<SectionProps> = ({ values, problems }) => {
  const { t } = useMessages()
  return (
    <fieldset>
      <legend>{t('preferences.look')}</legend>
      <div class="pairs">
        <Choice
          name="appearance"
          label={t('preferences.appearance')}
          value={values.appearance ?? ''}
          options={useOptions('appearance')}
          problems={problems}
        />
        <Choice
          name="text_size"
          label={t('preferences.textSize')}
          value={values.textSize ?? ''}
          options={useOptions('textSize')}
          problems={problems}
        />
      </div>
      <Choice
        name="locale"
        label={t('preferences.locale')}
        value={values.locale ?? ''}
        options={[['', t('preferences.localeBrowser')], ...locales.map((tag) => [tag, ownName(tag)] as const)]}
        problems={problems}
      />
      <Choice
        name="time_zone"
        label={t('preferences.timeZone')}
        value={values.timeZone ?? ''}
        options={[['', t('preferences.timeZoneBrowser')]]}
        groups={timeZoneGroups(t('preferences.timeZoneOther'))}
        hint={t('preferences.timeZoneHint')}
        problems={problems}
      />
      <Check
        name="uses_single_keys"
        label={t('preferences.singleKeys')}
        checked={values.usesSingleKeys ?? false}
        hint={t('preferences.singleKeysHint')}
      />
    </fieldset>
  )
}

/** The name of a language in that language. */
const ownName = (tag: string): string => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
