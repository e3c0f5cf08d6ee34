/**
 * Updates a part of the page to a newer one, and leaves equal elements alone: the focus, the cursor and text that was
 * typed meanwhile stay.
 */

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
const isField = (node: Node): node is Field =>
  node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement

/** The values of the fields when the form was sent. */
export type Sent = ReadonlyMap<Field, string>

const valueOf = (field: Field): string =>
  field instanceof HTMLInputElement && field.type === 'checkbox' ? String(field.checked) : field.value

export const sentValues = (form: HTMLFormElement): Sent =>
  new Map([...form.elements].filter(isField).map((field) => [field, valueOf(field)]))

export function morph(old: Element, fresh: Element, sent: Sent): void {
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  if (isField(old) && isField(fresh)) updateField(old, fresh, sent)
  if (!(old instanceof HTMLTextAreaElement)) morphChildren(old, fresh, sent)
}

/** A value that was changed after the form was sent is newer than the answer. */
function updateField(old: Field, fresh: Field, sent: Sent): void {
  if (old instanceof HTMLInputElement && old.type === 'file') return
  const before = sent.get(old)
  if (before !== undefined && before !== valueOf(old)) return
  if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement && old.type === 'checkbox')
    old.checked = fresh.checked
  else if (old.value !== fresh.value) {
    if (old instanceof HTMLSelectElement)
      old.replaceChildren(...[...fresh.children].map((option) => option.cloneNode(true)))
    old.value = fresh.value
  }
}

function morphChildren(old: Element, fresh: Element, sent: Sent): void {
  let next = old.firstChild
  for (const wanted of fresh.childNodes) {
    const match = matchFor(wanted, next, old)
    if (!match) {
      old.insertBefore(document.importNode(wanted, true), next)
      continue
    }
    while (next && next !== match && !mayStay(next, fresh)) {
      const gone: ChildNode = next
      next = next.nextSibling
      gone.remove()
    }
    if (match !== next) old.insertBefore(match, next)
    else next = next.nextSibling
    if (match instanceof Element && wanted instanceof Element) morph(match, wanted, sent)
    else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue
  }
  while (next) {
    const gone: ChildNode = next
    next = next.nextSibling
    gone.remove()
  }
}

/** Whether a later part of the new content is this element. */
const mayStay = (node: ChildNode, fresh: Element): boolean =>
  node instanceof Element && node.id !== '' && fresh.querySelector(`:scope > #${CSS.escape(node.id)}`) !== null

/** The old child for a new one: the one with its id or value, or else the next one of its kind without an id. */
function matchFor(wanted: ChildNode, next: ChildNode | null, old: Element): ChildNode | null {
  if (!(wanted instanceof Element)) return next && next.nodeType === wanted.nodeType ? next : null
  if (wanted.id) return old.querySelector(`:scope > #${CSS.escape(wanted.id)}`)
  for (let node = next; node; node = node.nextSibling)
    if (node instanceof Element && !node.id && isAlike(node, wanted)) return node
  return null
}

const isAlike = (a: Element, b: Element): boolean =>
  a.tagName === b.tagName && a.getAttribute('name') === b.getAttribute('name') && a.className === b.className
