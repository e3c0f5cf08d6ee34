import { type DocumentLoader, preloadedContexts } from '@fedify/vocab-runtime'

/**
 * JSON-LD contexts come with Fedify, or not at all: one that only its own server has says nothing about terms that we read,
 * and fetching it would let every sender make us wait.
 */
export const contextLoader: DocumentLoader = async (url) => ({
  contextUrl: null,
  documentUrl: url,
  document: preloadedContexts[url] ?? { '@context': {} },
})
