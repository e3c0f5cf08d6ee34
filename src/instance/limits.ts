/**
 * How much of everything a person may write. Apps read most of these from the instance entity and shape their forms by them.
 * Lengths are in grapheme clusters, what readers see as one character, unless a name says otherwise.
 */
export const limits = {
  status: {
    maxCharacters: 500,
    /** UTF-16 units of text and content warning together: a grapheme cluster has no maximum, so this bounds the work before any counting. */
    maxSourceLength: 50_000,
    maxMediaAttachments: 4,
    /** What each http(s) URL counts for, however long it is. */
    charactersReservedPerUrl: 23,
  },
  account: {
    maxUsernameLength: 30,
    maxDisplayNameLength: 30,
    maxNoteLength: 500,
    maxFields: 4,
    maxFieldNameLength: 255,
    maxFieldValueLength: 255,
    /** Alternative texts of picture and header. */
    maxImageDescriptionLength: 150,
    maxAttributionDomains: 100,
  },
  media: {
    maxDescriptionLength: 1500,
    maxImageBytes: 16_777_216,
    maxImagePixels: 33_177_600,
  },
  poll: {
    maxOptions: 4,
    maxCharactersPerOption: 50,
    minExpirationSeconds: 300,
    maxExpirationSeconds: 2_629_746,
  },
} as const
