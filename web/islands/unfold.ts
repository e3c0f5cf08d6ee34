/** Unfolds a long text in place. Without scripts, its link leads to the post. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('.fold-more') : null
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return
  event.preventDefault()
  const fold = link.closest('.fold')
  const text = fold?.querySelector<HTMLElement>('.prose')
  fold?.classList.add('is-open')
  // The focus would be lost with the link.
  if (text) text.tabIndex = -1
  text?.focus({ preventScroll: true })
})
