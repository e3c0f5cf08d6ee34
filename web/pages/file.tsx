import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { FileView, useFileTitle } from '../components/files/view.tsx'
import { Head } from '../components/layout.tsx'
import { filePath } from '../components/media.tsx'
import { statusTitle } from '../components/status.tsx'
import type { Env } from '../env.ts'
import { fragment, page } from '../page.tsx'
import { wantsPart } from '../wants-part.ts'

/**
 * A picture, film or sound of a status, for viewers who may see the status: `/@alice/1/media/2`. A script gets the file's part of
 * the page, to show it over another one.
 */
export const filePages = new Hono<Env>().get('/:at{@[^/]+}/:id{[0-9]+}/media/:n{[1-9][0-9]?}', async (c) => {
  const { app, session } = c.var
  const id = c.req.param('id')
  const n = Number(c.req.param('n'))
  const status = isId(id) ? await loadStatusView(app.db, session.viewer?.accountId ?? null, id as StatusId) : undefined
  const file = status?.media[n - 1]
  if (!status || status.reblog || file?.state !== 'ready') throw notFound()
  const path = filePath(status, n)
  if (c.req.path.toLowerCase() !== path.toLowerCase()) return c.redirect(path, 302)
  if (wantsPart(c)) return fragment(c, <FileView status={status} n={n} />)
  const { t } = c.var.messages
  const title = t('files.pageTitle', { kind: file.kind, author: statusTitle(status) })
  return page(
    c,
    { title, isPrivate: true },
    <div class="file-page">
      <FileHead status={status} n={n} />
      <FileView status={status} n={n} />
    </div>,
  )
})

const FileHead: FC<{ status: StatusView; n: number }> = ({ status, n }) => <Head title={useFileTitle(status, n)} />
