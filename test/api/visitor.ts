/** A minimal browser for forms: it keeps cookies, reads hidden fields and sends forms. It follows no redirects. */
export type Visitor = {
  open(path: string): Promise<Seen>
  /** Sends the form of a page whose action is `action`, with its hidden fields and the given ones. */
  send(page: Seen, action: string, fields: Record<string, string>, method?: 'POST' | 'DELETE'): Promise<Seen>
}
export type Seen = { status: number; location: string; html: string; headers: Headers }

export function visitor(url: string): Visitor {
  const cookies = new Map<string, string>()
  const ask = async (path: string, init: RequestInit = {}): Promise<Seen> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init, headers: { Cookie: cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return {
      status: response.status,
      location: response.headers.get('Location') ?? '',
      html: await response.text(),
      headers: response.headers,
    }
  }
  return {
    open: (path) => ask(path),
    send: (page, action, fields, method = 'POST') =>
      ask(action, { method, body: new URLSearchParams({ ...hiddenFields(page.html, action), ...fields }) }),
  }
}

function hiddenFields(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`))
  if (!form) throw new Error(`No form on this page leads to ${action}`)
  const inputs = [...(form.split('</form>')[0] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(
    inputs.map(([, name = '', value = '']) => [
      name,
      value
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    ]),
  )
}
