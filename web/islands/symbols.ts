/** Adds the drawings of a page or part to those of this page, which its elements refer to. */
export function adoptSymbols(from: Document): void {
  for (const symbol of from.querySelectorAll('symbol'))
    if (!document.getElementById(symbol.id)) document.querySelector('.sprite')?.append(symbol)
}
