/** Processor time of processes, from Linux's /proc. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Linux counts processor time in ticks of ten milliseconds. */
const msPerTick = 10

/** Processor time that a process has used, in ms. `withEnded`: with that of its children that have ended. */
export async function processorTime(pid: number, { withEnded = false } = {}): Promise<number> {
  const fields = await statOf(pid)
  return [11, 12, ...(withEnded ? [13, 14] : [])].reduce((sum, i) => sum + Number(fields[i] ?? 0), 0) * msPerTick
}

/** Processor time that the embedded PostgreSQL of a data folder has used, in ms: its open and closed connections, and its background processes. */
export async function postgresTime(dataDir: string): Promise<number> {
  const postmaster = Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  const times = await Promise.all((await childrenOf(postmaster)).map((pid) => processorTime(pid)))
  return times.reduce((sum, time) => sum + time, await processorTime(postmaster, { withEnded: true }))
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean)
  const parents = await Promise.all(pids.map(async (pid) => Number((await statOf(pid))[1])))
  return pids.filter((_, i) => parents[i] === parent)
}

/** The fields of `/proc/<pid>/stat` from the process state on; none of a process that is gone. */
async function statOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.split(' ') ?? []
}
