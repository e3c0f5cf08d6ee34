import { startWorker } from '../../jobs/worker.ts'
export const a = startWorker
