/**
 * Lets the browser do the captcha's work instead of the person: a worker computes while the form is filled in. If that fails, or takes
 * long, the person answers the question.
 */

/** After this time the question is offered, too. */
const slowMs = 10_000

for (const box of document.querySelectorAll<HTMLElement>('[data-captcha]')) start(box)

function start(box: HTMLElement): void {
  const form = box.closest('form')
  const state = box.querySelector<HTMLElement>('[data-captcha-state]')
  const solution = box.querySelector<HTMLInputElement>('[name=captcha_solution]')
  const field = box.querySelector<HTMLElement>('.field')
  const answer = box.querySelector<HTMLInputElement>('.field input')
  // Without a secure connection browsers have no cryptography for scripts.
  if (!form || !state || !solution || !field || !answer || !globalThis.crypto?.subtle || !window.Worker) return
  const { captcha: challenge = '', worker: workerUrl = '', working, slow, waiting, done, failed } = box.dataset

  /** `either`: the question is shown, but the work goes on. */
  let way: 'work' | 'either' | 'question' | 'done' = 'work'
  /** The button that sent the form before the work was done. */
  let submitter: HTMLElement | null | undefined

  const go = (next: typeof way, words = '') => {
    way = next
    state.textContent = words
    field.hidden = way === 'work' || way === 'done'
    // A field that is not shown is neither required nor sent.
    answer.disabled = field.hidden
    answer.required = way === 'question'
  }
  if (solution.value !== '') return go('done', done)

  // The question that was answered wrongly stays with its problem.
  go(answer.getAttribute('aria-invalid') === 'true' ? 'either' : 'work', working)
  const worker = new Worker(workerUrl)
  const timer = setTimeout(() => go('either', slow), slowMs)
  const finish = (found: string | null) => {
    clearTimeout(timer)
    worker.terminate()
    const sends = submitter
    submitter = undefined
    solution.value = found ?? ''
    go(found === null ? 'question' : 'done', found === null ? failed : done)
    if (sends === undefined) return
    if (found === null) answer.focus()
    else form.requestSubmit(sends)
  }
  worker.addEventListener('message', ({ data }: MessageEvent<string | null>) => finish(data))
  worker.addEventListener('error', () => finish(null))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origins
  worker.postMessage(challenge)

  form.addEventListener('submit', (event) => {
    if (way === 'done' || way === 'question' || (way === 'either' && answer.value !== '')) return
    event.preventDefault()
    submitter = event.submitter
    state.textContent = waiting ?? ''
  })
}
