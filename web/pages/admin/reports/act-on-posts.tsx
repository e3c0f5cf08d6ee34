import { staffMember } from '#src/accounts/roles/staff.ts'
import type { ReportedChoice } from '#src/moderation/reports/act.ts'
import { loadReport } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { type CollectionId, isId, type ReportId, type StatusId } from '#src/platform/ids.ts'
import { Form, Refused } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { ActFields, TextField } from './act.tsx'

export type PostsVerb = 'delete' | 'mark'

const most = 100

/** The chosen posts and collections: boxes of the page before, or hidden fields of the form. */
export function chosenIn(c: C): ReportedChoice {
  const given = (name: string) =>
    (c.req.method === 'GET' ? (c.req.queries(name) ?? []) : c.var.form.texts(name)).filter(isId).slice(0, most)
  return { statusIds: given('post') as StatusId[], collectionIds: given('collection') as CollectionId[] }
}

/** Asks before reported posts are deleted or marked, and for a text to the person. */
export async function actOnPostsPage(
  c: C,
  id: ReportId,
  verb: PostsVerb,
  refusal: Refusal | null = null,
): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const { target } = await loadReport(app.db, app.uris, await staffMember(app.db, viewerOf(c).accountId), id)
  const { statusIds, collectionIds } = chosenIn(c)
  const [isLocal, path, deletes] = [target.domain === null, `/admin/reports/${id}`, verb === 'delete']
  const collections = deletes ? collectionIds : []
  const count = statusIds.length + collections.length
  const title = t(deletes ? 'reports.deleteTitle' : 'reports.markTitle', { name: target.handle })
  const posts = statusIds.length
  const query = new URLSearchParams([
    ...statusIds.map((one) => ['post', one]),
    ...collections.map((one) => ['collection', one]),
  ])
  const value = (name: string) => (refusal ? form.text(name) : '')
  return page(
    c,
    title,
    <>
      <AdminHead here="/admin/reports" />
      <Form action={`${path}/posts/${verb}`} class="sheet" label={title}>
        <h2>{title}</h2>
        <Refused refusal={refusal} />
        {count === 0 && <p class="problem">{t('reports.noneChosen')}</p>}
        {posts > 0 && (
          <p>
            {deletes
              ? t(isLocal ? 'reports.deleteLead' : 'reports.deleteLeadRemote', { posts })
              : t(isLocal ? 'reports.markLead' : 'reports.markLeadRemote', { posts })}
          </p>
        )}
        {collections.length > 0 && <p>{t('reports.deleteCollections', { collections: collections.length })}</p>}
        <p class="hint">{t(isLocal ? 'reports.actLead' : 'reports.actLeadRemote')}</p>
        <input type="hidden" name="return_to" value={`${path}/posts/${verb}?${query}`} />
        {[...query].map(([name, one]) => (
          <input type="hidden" name={name} value={one} />
        ))}
        {deletes ? isLocal && <TextField value={value('text')} /> : <ActFields isLocal={isLocal} values={value} />}
        <div class="buttons">
          {count > 0 && (
            <button type="submit" class="button button-bad">
              {t(deletes ? 'reports.deleteNow' : 'reports.markNow')}
            </button>
          )}
          <a href={path} class="button button-quiet">
            {t('reports.suspendNot')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
