/** Makes the table of facts handier: lines that are not needed are hidden, and buttons move, remove and add lines. */
for (const table of document.querySelectorAll<HTMLElement>('.fact-table')) {
  const lines = [...table.querySelectorAll<HTMLElement>('.fact')]
  const inputs = (line: HTMLElement) => [...line.querySelectorAll('input')]
  const isEmpty = (line: HTMLElement) => inputs(line).every(({ value }) => value === '')

  // The lines stay where they are, and their texts move: so the places always are 1, 2, 3 …
  const swap = (one: HTMLElement, other: HTMLElement) => {
    const others = inputs(other)
    for (const [i, input] of inputs(one).entries()) {
      const partner = others[i]
      if (partner) [input.value, partner.value] = [partner.value, input.value]
    }
  }
  const button = (text: string, label: string, act: () => void) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.className = 'button-icon'
    made.textContent = text
    made.setAttribute('aria-label', label)
    made.title = label
    made.addEventListener('click', act)
    return made
  }
  const { up = '', remove = '', add = '' } = table.dataset

  const more = document.createElement('button')
  more.type = 'button'
  more.className = 'button button-quiet'
  more.textContent = add
  const show = () => {
    more.hidden = lines.every((line) => !line.hidden)
  }
  more.addEventListener('click', () => {
    const next = lines.find((line) => line.hidden)
    if (next) next.hidden = false
    show()
    next?.querySelector('input')?.focus()
  })

  for (const [i, line] of lines.entries()) {
    for (const part of line.querySelectorAll<HTMLElement>('.fact-place, label[for^=field_place]')) part.hidden = true
    const before = lines[i - 1]
    const numbered = (label: string) => `${label} (${i + 1})`
    const tools = document.createElement('span')
    tools.className = 'fact-tools'
    if (before)
      tools.append(
        button('↑', numbered(up), () => {
          swap(line, before)
          inputs(before)[0]?.focus()
        }),
      )
    tools.append(
      button('×', numbered(remove), () => {
        for (const input of inputs(line)) input.value = ''
        // The empty line moves to the end.
        const shown = lines.filter(({ hidden }) => !hidden)
        for (const [at, one] of shown.entries()) {
          const following = shown[at + 1]
          if (at >= i && following) swap(one, following)
        }
        const last = shown.at(-1)
        if (last) last.hidden = true
        show()
        more.focus()
      }),
    )
    line.append(tools)
    line.hidden = i > 0 && isEmpty(line)
  }
  const place = document.createElement('div')
  place.append(more)
  table.append(place)
  table.classList.add('has-tools')
  show()
}
