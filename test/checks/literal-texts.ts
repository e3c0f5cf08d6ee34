/** Finds texts for people that stand in the code of pages and mails, where only the catalogue of messages should have them. */
import ts from 'typescript'

/** Attributes and properties whose values people see or hear. */
const shown = new Set(
  [
    'alt',
    'aria-description',
    'aria-label',
    'aria-roledescription',
    'ariaLabel',
    'description',
    'hint',
    'innerText',
  ].concat(['label', 'placeholder', 'subject', 'textContent', 'title', 'text']),
)

/** Functions whose second argument is a page's title. */
const titled = new Set(['page', 'barePage'])

/** Keys of messages are no texts, nor is the name of the software, which is the same in all languages. */
const hasWords = (text: string): boolean =>
  /\p{L}{2}/u.test(text) && !/^\w+(?:\.[\w:]+)+$/.test(text) && text.trim() !== 'Pipit'

/** Operators whose value is one of the two sides, or both. */
const passing = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.PlusToken,
])

/** The texts of a file, with their lines. */
export function literalTexts(path: string, code: string): { line: number; text: string }[] {
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: { line: number; text: string }[] = []
  const report = (node: ts.Node, text: string) =>
    found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: text.trim() })

  /** The literals that an expression may become. */
  const judge = (node: ts.Node | undefined): void => {
    if (!node) return
    if (ts.isStringLiteralLike(node)) return void (hasWords(node.text) && report(node, node.text))
    if (ts.isTemplateExpression(node)) {
      const text = [node.head, ...node.templateSpans.map(({ literal }) => literal)]
        .map(({ text: part }) => part)
        .join('…')
      return void (hasWords(text) && report(node, text))
    }
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return judge(node.expression)
    if (ts.isJsxExpression(node)) return judge(node.expression)
    if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].forEach(judge)
    if (ts.isBinaryExpression(node) && passing.has(node.operatorToken.kind)) {
      return [node.left, node.right].forEach(judge)
    }
  }

  const visit = (node: ts.Node): void => {
    // Commands and addresses are the same in all languages.
    if (ts.isJsxElement(node) && node.openingElement.tagName.getText() === 'code') return
    if (ts.isJsxText(node) && hasWords(node.text)) report(node, node.text)
    if (ts.isJsxExpression(node) && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) judge(node)
    if (ts.isJsxAttribute(node) && shown.has(node.name.getText())) judge(node.initializer)
    if (ts.isPropertyAssignment(node) && shown.has(node.name.getText())) judge(node.initializer)
    if (isAssignment(node) && ts.isPropertyAccessExpression(node.left) && shown.has(node.left.name.text))
      judge(node.right)
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && titled.has(node.expression.text)) {
      judge(node.arguments[1])
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const isAssignment = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
