/** Counts down the seconds until a held post leaves the server, and then takes the line away. */

const started = performance.now()
const lines = [...document.querySelectorAll<HTMLElement>('[data-held]')].flatMap((line) => {
  const number = line.querySelector<HTMLElement>('[data-seconds]')
  return number ? { line, number, seconds: Number(number.dataset['seconds']) } : []
})

function countDown(): void {
  const passed = Math.floor((performance.now() - started) / 1_000)
  for (const { line, number, seconds } of lines) {
    const left = Math.max(0, seconds - passed)
    number.textContent = String(left)
    line.hidden ||= left === 0
  }
  if (lines.some(({ line }) => !line.hidden)) setTimeout(countDown, 1_000)
}

if (lines.length > 0) countDown()
