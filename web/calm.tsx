import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { C } from './env.ts'
import { page } from './page.tsx'

/** A page that only says something, such as that a form without a page of its own worked. */
export const calmPage = (
  c: C,
  title: string,
  paragraphs: readonly string[],
  status: ContentfulStatusCode = 200,
): Promise<Response> =>
  page(
    c,
    { title, isPrivate: true },
    <div class="calm">
      <h1>{title}</h1>
      {paragraphs.map((text) => (
        <p>{text}</p>
      ))}
    </div>,
    status,
  )
