/**
 * The messages of refusals, in the catalogue's area `refusals`: the core throws them with the English text, which apps
 * get, and with the message's key, by which the website shows it in the reader's language.
 */
import { type FieldProblem, Refusal, type RefusalCode, type RefusalText } from '../platform/errors.ts'
import { type Messages, messagesIn } from './messages.ts'

const english = messagesIn('en')

/** A refusal with a message of the catalogue. */
export function refuse(code: RefusalCode, key: RefusalText['key'], values: RefusalText['values'] = {}): Refusal {
  return new Refusal(code, english.t(`refusals.${key}`, values), [], { key, values })
}

/** A problem with a field. Its message in the catalogue begins with `{subject}`: the field's name, or `This` below a field. */
export function problemWith(
  field: string,
  code: FieldProblem['code'],
  key: RefusalText['key'],
  values: RefusalText['values'] = {},
): FieldProblem {
  const message = english.t(`refusals.${key}`, { ...values, subject: '' }).trim()
  return { field, code, message, text: { key, values } }
}

/** A refusal's message in the reader's language. */
export const refusalIn = (messages: Messages, { message, text }: Pick<Refusal, 'message' | 'text'>): string =>
  text ? messages.t(`refusals.${text.key}`, text.values) : message

/** A problem in the reader's language, as a sentence to stand below its field. */
export function problemIn(messages: Messages, { message, text }: FieldProblem): string {
  const subject = messages.t('refusals.subject')
  return sentence(
    messages,
    text ? messages.t(`refusals.${text.key}`, { ...text.values, subject }) : `${subject} ${message}`,
  )
}

/** Adds a full stop: messages of refusals are for apps, too, and like Mastodon's end without one. */
export const sentence = (messages: Messages, text: string): string =>
  /\p{Sentence_Terminal}$/u.test(text) ? text : messages.t('common.sentence', { text })
