import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { type List, listsOf } from '#src/reading/lists/manage.ts'
import { Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Icon } from '../../components/icons.tsx'
import { Head } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { ListFields, settingsIn } from './fields.tsx'

/** All lists of the viewer, and the form that makes one. */
export async function ownListsPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const lists = await listsOf(app.db, viewerOf(c).accountId)
  return page(
    c,
    t('lists.title'),
    <>
      <Head title={t('lists.title')} />
      {c.req.query('deleted') && <NoticeBox kind="good">{t('lists.deleted')}</NoticeBox>}
      {lists.length > 0 ? (
        <ul class="rows">
          {lists.map((list) => (
            <ListRow list={list} />
          ))}
        </ul>
      ) : (
        <div class="empty">{t('lists.none')}</div>
      )}
      <Form action="/lists" class="sheet" label={t('lists.make')}>
        <h2>{t('lists.make')}</h2>
        <Refused refusal={refusal} />
        <ListFields refusal={refusal} {...(refusal ? { values: settingsIn(form) } : {})} />
        <div class="buttons">
          <button type="submit" class="button">
            {t('lists.makeButton')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const ListRow: FC<{ list: List }> = ({ list: { id, title, repliesPolicy, isExclusive } }) => {
  const { t } = useMessages()
  return (
    <li class="row">
      <a href={`/lists/${id}`} class="row-main">
        <Icon name="bars" />
        <span class="row-text">
          <bdi class="name">{title}</bdi>
          <span class="hint">
            {t(`lists.short_${repliesPolicy}`)}
            {isExclusive && ` · ${t('lists.shortExclusive')}`}
          </span>
        </span>
      </a>
      <a
        href={`/lists/${id}/edit`}
        class="button button-quiet button-small"
        aria-label={t('lists.editNamed', { title })}
      >
        {t('lists.edit')}
      </a>
    </li>
  )
}
