import type { DocumentLoader } from '@fedify/vocab-runtime'

/**
 * Loads the JSON-LD contexts that come with Fedify, and no others: any other context defines no terms that we read, and fetching it
 * would let every sender make us wait.
 */
export const contextLoader: DocumentLoader = async (url) => {
  const { preloadedContexts } = await import('@fedify/vocab-runtime')
  return { contextUrl: null, documentUrl: url, document: preloadedContexts[url] ?? { '@context': {} } }
}
