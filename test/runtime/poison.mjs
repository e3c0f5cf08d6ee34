// Makes the removal of some files a trouble for the process that does it: `node --import ./test/runtime/poison.mjs`.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const { rm } = fs
fs.rm = async (path, options) => {
  const is = (kind) => String(path).includes(kind)
  // Late enough that others run beside it.
  if (is('kill') || is('hang')) await sleep(1_500)
  if (is('kill')) process.kill(process.pid, 'SIGKILL')
  while (is('hang')) Math.random()
  if (is('slow')) await sleep(2_500)
  if (is('long')) await sleep(60_000)
  return rm(path, options)
}
syncBuiltinESMExports()
