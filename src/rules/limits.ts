/**
 * Limits of everything that a person may write or upload. Apps read most of them from the instance entity, for their forms.
 * Lengths are in grapheme clusters, which readers see as one character, unless a name says otherwise.
 */
export const limits = {
  status: {
    maxCharacters: 500,
    /** UTF-16 units of text and content warning together: a grapheme cluster has no maximum, so this bounds the work before any counting. */
    maxSourceLength: 50_000,
    /** The most that admins may allow: the limit itself is the setting of this name. */
    maxMediaAttachments: 16,
    /** The counted length of each http(s) URL, however long it is. */
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
    maxFeaturedTags: 10,
    maxPinnedStatuses: 5,
  },
  media: {
    maxDescriptionLength: 1500,
    maxImageBytes: 16_777_216,
    maxImagePixels: 33_177_600,
    /** Pixels of stored images: larger ones are scaled down. */
    maxKeptPixels: 8_294_400,
    previewPixels: 230_400,
    /** Frames of an animation, and pixels of all of them together. */
    maxFrames: 500,
    maxAnimatedPixels: 100_000_000,
    /** Films and sounds. */
    maxVideoBytes: 103_809_024,
    maxVideoPixels: 8_294_400,
    maxVideoFrameRate: 120,
  },
  emoji: {
    maxBytes: 262_144,
    /** Size of a stored emoji: larger than it is shown anywhere, even on the sharpest screens. */
    size: { width: 128, height: 128 },
    maxCategoryLength: 100,
    maxListed: 5_000,
  },
  poll: { maxOptions: 4, maxCharactersPerOption: 50, minExpirationSeconds: 300, maxExpirationSeconds: 2_629_746 },
  /** Emoji reactions to one post: different ones of an account, and of all accounts. */
  reactions: { maxPerAccount: 8, maxEmojis: 100 },
  scheduled: {
    maxWaiting: 300,
    /** On one day (UTC). */
    maxPerDay: 25,
    minAheadSeconds: 300,
  },
  /** `maxParts`: posts of a thread that is published at once. */
  drafts: { max: 300, maxParts: 20, maxPollOptions: 20 },
} as const
