/** A term whose values are ids. */
const reference = (id: string) => ({ '@id': id, '@type': '@id' }) as const

/** JSON-LD terms that our documents use beyond ActivityStreams. Other servers have the context URLs built in. */
const terms = {
  manuallyApprovesFollowers: 'as:manuallyApprovesFollowers',
  sensitive: 'as:sensitive',
  alsoKnownAs: reference('as:alsoKnownAs'),
  movedTo: reference('as:movedTo'),
  Hashtag: 'as:Hashtag',
  toot: 'http://joinmastodon.org/ns#',
  Emoji: 'toot:Emoji',
  featured: reference('toot:featured'),
  featuredTags: reference('toot:featuredTags'),
  discoverable: 'toot:discoverable',
  indexable: 'toot:indexable',
  memorial: 'toot:memorial',
  suspended: 'toot:suspended',
  // Bare hosts, which are not ids: with type `@id` they could not be signed.
  attributionDomains: 'toot:attributionDomains',
  blurhash: 'toot:blurhash',
  focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
  votersCount: 'toot:votersCount',
  webfinger: 'https://purl.archive.org/socialweb/webfinger#webfinger',
  schema: 'http://schema.org#',
  PropertyValue: 'schema:PropertyValue',
  value: 'schema:value',
  quote: reference('https://w3id.org/fep/044f#quote'),
  quoteAuthorization: reference('https://w3id.org/fep/044f#quoteAuthorization'),
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
  QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
  quoteUri: 'http://fedibird.com/ns#quoteUri',
  quoteUrl: 'as:quoteUrl',
  _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
  gts: 'https://gotosocial.org/ns#',
  interactionPolicy: reference('gts:interactionPolicy'),
  canQuote: reference('gts:canQuote'),
  canLike: reference('gts:canLike'),
  canReply: reference('gts:canReply'),
  canAnnounce: reference('gts:canAnnounce'),
  automaticApproval: reference('gts:automaticApproval'),
  manualApproval: reference('gts:manualApproval'),
  approvedBy: reference('gts:approvedBy'),
  likeAuthorization: reference('gts:likeAuthorization'),
  replyAuthorization: reference('gts:replyAuthorization'),
  announceAuthorization: reference('gts:announceAuthorization'),
  LikeRequest: 'gts:LikeRequest',
  ReplyRequest: 'gts:ReplyRequest',
  AnnounceRequest: 'gts:AnnounceRequest',
  LikeAuthorization: 'gts:LikeAuthorization',
  ReplyAuthorization: 'gts:ReplyAuthorization',
  AnnounceAuthorization: 'gts:AnnounceAuthorization',
  interactingObject: reference('gts:interactingObject'),
  interactionTarget: reference('gts:interactionTarget'),
}

/** Terms of FEP-7aa9, which only actors and collections of accounts use. */
const featureTerms = {
  FeaturedCollection: 'https://w3id.org/fep/7aa9#FeaturedCollection',
  FeaturedItem: 'https://w3id.org/fep/7aa9#FeaturedItem',
  FeatureRequest: 'https://w3id.org/fep/7aa9#FeatureRequest',
  FeatureAuthorization: 'https://w3id.org/fep/7aa9#FeatureAuthorization',
  featuredCollections: reference('https://w3id.org/fep/7aa9#featuredCollections'),
  canFeature: reference('https://w3id.org/fep/7aa9#canFeature'),
  topic: reference('https://w3id.org/fep/7aa9#topic'),
  featuredObject: reference('https://w3id.org/fep/7aa9#featuredObject'),
  // A bare name: with type `@id` it could not be signed.
  featuredObjectType: 'https://w3id.org/fep/7aa9#featuredObjectType',
  featureAuthorization: reference('https://w3id.org/fep/7aa9#featureAuthorization'),
}

const vocabularies = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/v1',
  'https://w3id.org/security/data-integrity/v1',
  'https://www.w3.org/ns/did/v1',
  'https://w3id.org/security/multikey/v1',
] as const

export const context = [...vocabularies, terms] as const

/** The context of actors, and of all documents and activities about collections of accounts. */
export const featureContext = [...vocabularies, { ...terms, ...featureTerms }] as const
