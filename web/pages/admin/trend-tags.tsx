import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type TagId } from '#src/platform/ids.ts'
import { changeTag, type ModeratedTag, moderatedTagNamed, moderatedTags } from '#src/reading/tags/moderate.ts'
import { Check, Field, Form, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requirePermission, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

/** The spelling and the switches of a hashtag, found by its name. */
export const trendTags = new Hono<Env>()
  .get('/admin/trends/tags', requirePermission('manage_taxonomies'), async (c) => {
    const name = (c.req.query('name') ?? '').trim().slice(0, 200)
    const tag = await moderatedTagNamed(c.var.app.db, await staffOfPage(c), name)
    if (tag) return c.redirect(`/admin/trends/tags/${tag.id}`, 303)
    const { t } = c.var.messages
    return page(
      c,
      t('admin.trends'),
      <>
        <AdminHead here="/admin/trends" />
        <FindTag name={name} />
        <div class="empty">{t('admin.tagUnknown')}</div>
      </>,
    )
  })
  .get('/admin/trends/tags/:id', requirePermission('manage_taxonomies'), async (c) => tagPage(c, null))
  .post('/admin/trends/tags/:id', requirePermission('manage_taxonomies'), async (c) => {
    const { form } = c.var
    const refusal = await refusalOf(async () =>
      c.var.app.db.transaction(async (tx) =>
        changeTag(tx, await staffOf(c, tx), tagIdOf(c), {
          displayName: form.text('display_name').trim(),
          isUsable: form.isChecked('usable'),
          isListable: form.isChecked('listable'),
        }),
      ),
    )
    return refusal ? tagPage(c, refusal) : c.redirect(c.req.path, 303)
  })

const staffOfPage = (c: C): Promise<Staff> => staffMember(c.var.app.db, viewerOf(c).accountId)

export const FindTag: FC<{ name?: string }> = ({ name = '' }) => {
  const { t } = useMessages()
  return (
    <form action="/admin/trends/tags" class="sheet" aria-label={t('admin.findTag')}>
      <div class="add-line">
        <div class="field">
          <label for="name">{t('admin.findTag')}</label>
          <input
            id="name"
            name="name"
            value={name}
            maxlength={200}
            autocapitalize="none"
            autocomplete="off"
            dir="auto"
          />
        </div>
        <button type="submit" class="button button-quiet">
          {t('admin.findTagButton')}
        </button>
      </div>
    </form>
  )
}

async function tagPage(c: C, refusal: Refusal | null): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const [stored] = await moderatedTags(app.db, await staffOfPage(c), [tagIdOf(c)])
  if (!stored) throw notFound()
  const tag: ModeratedTag = refusal
    ? {
        ...stored,
        displayName: form.text('display_name'),
        isUsable: form.isChecked('usable'),
        isListable: form.isChecked('listable'),
      }
    : stored
  return page(
    c,
    `#${stored.displayName}`,
    <>
      <AdminHead here="/admin/trends" />
      <Form action={`/admin/trends/tags/${stored.id}`} class="sheet" label={`#${stored.displayName}`}>
        <h2>
          <a href={app.uris.tag(stored.name)}>
            <bdi>#{stored.displayName}</bdi>
          </a>
        </h2>
        <Refused refusal={refusal} />
        <Field
          name="display_name"
          label={t('admin.tagSpelling')}
          hint={t('admin.tagSpellingHint')}
          value={tag.displayName}
          isRefused={refusal !== null}
          required
          maxlength={200}
          autocapitalize="none"
          autocomplete="off"
        />
        <Check name="usable" label={t('admin.tagUsable')} hint={t('admin.tagUsableHint')} checked={tag.isUsable} />
        <Check
          name="listable"
          label={t('admin.tagListable')}
          hint={t('admin.tagListableHint')}
          checked={tag.isListable}
        />
        <button type="submit" class="button">
          {t('common.save')}
        </button>
      </Form>
    </>,
    refusal ? 422 : 200,
  )
}

/** @throws Refusal `not_found` for a malformed id */
function tagIdOf(c: C): TagId {
  const { id = '' } = c.req.param() as { id?: string }
  if (!isId(id)) throw notFound()
  return id as TagId
}
