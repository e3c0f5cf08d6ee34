/** A thread opens at its post, also when the address names no place, and opens all its warnings where they stand. */
const main = document.querySelector<HTMLElement>('.thread-above ~ .post-main-status')
const [visit] = performance.getEntriesByType('navigation')
// Who comes back, or reloads, finds the page where they left it.
if (main && location.hash === '' && visit instanceof PerformanceNavigationTiming && visit.type === 'navigate')
  main.scrollIntoView()

document.querySelector('.thread-tools a')?.addEventListener('click', (event) => {
  const warnings = [...document.querySelectorAll<HTMLDetailsElement>('main details.warning')]
  const isOpening = warnings.some(({ open }) => !open)
  for (const warning of warnings) warning.open = isOpening
  event.preventDefault()
})
