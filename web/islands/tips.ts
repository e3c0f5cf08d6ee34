/** Names buttons that show only a drawing, for people with a mouse. Screen readers have the name anyhow. */

document.addEventListener('pointerover', ({ target }) => {
  const control = target instanceof Element ? target.closest<HTMLElement>('.act') : null
  if (control && !control.title) control.title = control.querySelector('.unseen')?.textContent?.trim() ?? ''
})
