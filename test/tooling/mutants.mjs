// Small wrong versions of a source file: each has one place changed in a way that some test should notice.
import ts from 'typescript'

const SWAPS = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
])

/**
 * Gives the mutants of a source.
 *
 * @param {string} text
 * @returns {{ kind: string, start: number, end: number, text: string, line: number }[]} what is to be put where
 */
export function mutantsOf(text) {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true)
  const found = []
  const add = (kind, from, to, replacement) => {
    const line = source.getLineAndCharacterOfPosition(from).line + 1
    found.push({ kind, start: from, end: to, text: replacement, line })
  }
  const visit = (node) => {
    // Types change nothing, and what an error says is for people.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    if (ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node)) return
    change(node, source, add)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function change(node, source, add) {
  const [from, to] = [node.getStart(source), node.getEnd()]
  const code = source.text.slice(from, to)
  if (ts.isBinaryExpression(node)) {
    const swapped = SWAPS.get(node.operatorToken.kind)
    const isText = [node.left, node.right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side))
    if (swapped !== undefined && !isText) {
      add('operator', node.operatorToken.getStart(source), node.operatorToken.getEnd(), swapped)
    }
  } else if (ts.isNumericLiteral(node)) {
    add('number', from, to, String(Number(code.replaceAll('_', '')) + 1))
  } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    add('boolean', from, to, node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true')
  } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (code.includes('++')) add('step', from, to, code.replace('++', '--'))
    else if (code.endsWith('--') || code.startsWith('--')) add('step', from, to, code.replace('--', '++'))
  } else if (ts.isExpressionStatement(node) && !isSuper(node.expression)) {
    add('dropped statement', from, to, ';')
  } else if (ts.isReturnStatement(node) && node.expression !== undefined && code !== 'return undefined') {
    add('returned nothing', from, to, `{ void (${node.expression.getText(source)}); return }`)
  }
  const condition = conditionOf(node)
  if (condition !== undefined) {
    add('negated condition', condition.getStart(source), condition.getEnd(), `!(${condition.getText(source)})`)
  }
}

function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression
  return ts.isConditionalExpression(node) ? node.condition : undefined
}

function isSuper(expression) {
  return ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword
}
