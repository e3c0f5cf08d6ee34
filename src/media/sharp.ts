/** sharp, which decodes and encodes pictures. It takes 20 MB, so a process loads it with its first picture. */
import type sharp from 'sharp'

export type Sharp = typeof sharp

let loading: Promise<Sharp> | undefined

export function loadSharp(): Promise<Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // More than one decode per core does not help; sharp would start as many threads for each image.
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return loading
}
