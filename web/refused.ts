/**
 * What the website says of a refusal. The messages of the core name a field as apps know it (“Title can’t be blank”); the website
 * names it as the label of its form does. A new message about a field of a form is added here.
 */
import type { Refusal, RefusalText } from '#src/platform/errors.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import type { Messages } from '#src/text/messages.ts'
import { refusalIn } from '#src/text/refusals.ts'

type Key = RefusalText['key']

/** A message of the area `refusals`, which begins with `{subject}` if there is a label; and the name of the field in its form. */
type Words = { says: Key; label?: MessageKey; field?: string }

const tooLong = (label: MessageKey, field: string): Words => ({ says: 'tooManyCharacters', label, field })
const blank = (label: MessageKey, field: string): Words => ({ says: 'blank', label, field })
const inFacts = (says: Key): Words => ({ says, label: 'profileSettings.facts' })

const wordsHere: Partial<Record<Key, Words>> = {
  accountListed: { says: 'isThereAlready' },
  attributionDomainInvalid: { says: 'lineNoHost', label: 'profileSettings.domains', field: 'attribution_domains' },
  commentTooLong: tooLong('reportForm.comment', 'comment'),
  domainInvalid: { says: 'noServerName', label: 'relations.server', field: 'domain' },
  emojiUnknown: { says: 'notEmoji', label: 'announcements.emoji', field: 'emoji' },
  fieldWithoutLabel: inFacts('linesWithoutLabel'),
  hashtagInvalid: { says: 'notHashtag', label: 'tags.tag', field: 'tag' },
  keywordBlank: blank('filters.keywords', 'added'),
  keywordTooLong: { says: 'eachTooLong', label: 'filters.keywords', field: 'added' },
  languageInvalid: { says: 'chooseAgain', label: 'collections.language', field: 'language' },
  languagesInvalid: { says: 'chooseAgain', label: 'relations.languagesLegend' },
  listTitleBlank: blank('lists.name', 'title'),
  listTitleTooLong: tooLong('lists.name', 'title'),
  nameBlank: blank('collections.name', 'name'),
  pollDuplicates: { says: 'pollSameChoices' },
  pollOptionTooLong: { says: 'pollLongChoice' },
  pollTooFew: { says: 'pollFewChoices' },
  pollTooMany: { says: 'pollManyChoices' },
  privateNoteTooLong: tooLong('relations.note', 'note'),
  reactionUnknown: { says: 'notEmoji', label: 'reactions.any', field: 'emoji' },
  reportRules: { says: 'chooseAgain', label: 'reportForm.rules' },
  tagInvalid: { says: 'notHashtag', label: 'collections.tag', field: 'tag' },
  textBlank: { says: 'postBlank' },
  textOverLimit: { says: 'postTooLong' },
  titleBlank: blank('filters.name', 'title'),
  titleTooLong: tooLong('filters.name', 'title'),
  tooManyAttributionDomains: { says: 'tooManyLines', label: 'profileSettings.domains', field: 'attribution_domains' },
  tooManyFields: inFacts('tooManyLines'),
  tooManyFilteredPosts: { says: 'filterPostsFull' },
  tooManyFilters: { says: 'filtersFull' },
  tooManyKeywords: { says: 'keywordsFull', field: 'added' },
}

/** The words for messages about several fields, by the field that their values name. */
const wordsByField: Partial<Record<Key, Record<string, Words>>> = {
  collectionTooLong: {
    name: tooLong('collections.name', 'name'),
    description: tooLong('collections.description', 'description'),
  },
  profileTooLong: {
    displayName: tooLong('profileSettings.displayName', 'display_name'),
    biography: tooLong('profileSettings.note', 'note'),
    avatarDescription: tooLong('profileSettings.avatarDescription', 'avatar_description'),
    headerDescription: tooLong('profileSettings.headerDescription', 'header_description'),
    fieldName: inFacts('labelsTooLong'),
    fieldValue: inFacts('contentsTooLong'),
  },
}

/** The labels of the fields that take an image, by the name that a refusal of the image has. */
const imageLabels: Record<string, MessageKey> = { avatar: 'profileSettings.avatar', header: 'profileSettings.header' }

const fieldIn = (text: RefusalText): string => String(text.values['field'] ?? '')

const wordsOf = (text: RefusalText): Words | undefined => wordsByField[text.key]?.[fieldIn(text)] ?? wordsHere[text.key]

/** A refusal in the reader's language, with fields named as their labels are. */
export function refusalHere(messages: Messages, refusal: Pick<Refusal, 'message' | 'text'>): string {
  const { text } = refusal
  const words = text && wordsOf(text)
  if (words) {
    const subject = words.label ? messages.t(words.label) : ''
    return messages.t(`refusals.${words.says}`, { ...text.values, subject })
  }
  const said = refusalIn(messages, refusal)
  const image = text && imageLabels[fieldIn(text)]
  return image ? messages.t('errors.ofField', { field: messages.t(image), problem: said }) : said
}

/** The name of the form's field that a refusal is about; undefined when it is about none, or about several. */
export function refusedField(refusal: Refusal | null): string | undefined {
  const text = refusal?.text
  if (!text) return undefined
  return wordsOf(text)?.field ?? (imageLabels[fieldIn(text)] ? fieldIn(text) : undefined)
}
