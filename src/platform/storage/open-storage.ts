import { join } from 'node:path'
import type { Config } from '../config.ts'
import { s3Storage } from './s3.ts'
import { localStorage, type Storage } from './storage.ts'

/** The bucket of the settings, or else a local folder. */
export const openStorage = (config: Pick<Config, 's3' | 'dataDir'>): Storage =>
  config.s3 ? s3Storage(config.s3) : localStorage(join(config.dataDir, 'media'))
