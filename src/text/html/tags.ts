import { Tokenizer } from 'htmlparser2'

export type TagAttributes = Readonly<Record<string, string | undefined>>

export type TagHandlers = {
  /** The name and the names of attributes are in lower case; a repeated attribute counts once, the first. */
  onOpen(name: string, attributes: TagAttributes): void
  onClose?(name: string): void
  onText?(text: string): void
}

/** UTF-16 units of HTML that are read; the rest is ignored. */
const maxLength = 1_048_576

/**
 * Reads the tags of foreign HTML in their order, with entities decoded. It builds neither a tree nor a list of open elements: its
 * time grows with the length of the HTML, however deep that is nested.
 */
export function readTags(html: string, { onOpen, onClose, onText }: TagHandlers): void {
  const text = html.slice(0, maxLength)
  let tag = ''
  let attribute = ''
  let value = ''
  let attributes: Record<string, string> = Object.create(null)
  const open = () => onOpen(tag, attributes)
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname(start, end) {
        tag = text.slice(start, end).toLowerCase()
        attributes = Object.create(null)
      },
      onattribname(start, end) {
        attribute = text.slice(start, end).toLowerCase()
        value = ''
      },
      onattribdata(start, end) {
        value += text.slice(start, end)
      },
      onattribentity(codePoint) {
        value += String.fromCodePoint(codePoint)
      },
      onattribend() {
        attributes[attribute] ??= value
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (start, end) => onClose?.(text.slice(start, end).toLowerCase()),
      ontext: (start, end) => onText?.(text.slice(start, end)),
      ontextentity: (codePoint) => onText?.(String.fromCodePoint(codePoint)),
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(text)
  tokenizer.end()
}
