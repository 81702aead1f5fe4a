/** A word that nothing expands, at the beginning of a line's value or in a shell. */
const PLAIN = /^[\w.:/@%+,-][\w.:/@%+,=-]*$/

/**
 * A line that dotenv, Node's `--env-file`, python-dotenv and, when the name is one of a shell variable, a POSIX shell
 * read back exactly; null when none is. Single quotes expand nothing but for python-dotenv, which takes `\\` and `\'`
 * in them as escapes.
 */
export function dotenvLine(key: string, value: string): string | null {
  if (!/^[\w.-]+$/.test(key)) return null
  const text = quoted(value)
  return text === null ? null : `${key}=${text}\n`
}

/**
 * Whether python-dotenv would replace something in the value, which it does whatever its quotes: `${name}` and
 * `${name:-default}`, no colon in the name, no brace in either (its variables.py, 1.2.4). As a pattern it would take
 * the square of the length.
 */
function hasPythonVariable(value: string): boolean {
  return value
    .split('}')
    .slice(0, -1)
    .some((text) => {
      let colon = 0
      for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 2)) {
        if (colon >= 0 && colon < at + 2) colon = text.indexOf(':', at + 2)
        if (colon < 0 || text[colon + 1] === '-') return true
      }
      return false
    })
}

function quoted(value: string): string | null {
  // dotenv turns a carriage return into a new line, and only some readers know an escape for it.
  if (/[\0\r]/.test(value) || hasPythonVariable(value)) return null
  if (value === '' || PLAIN.test(value)) return value
  if (!value.includes("'") && !value.includes('\\\\') && !value.endsWith('\\')) return `'${value}'`
  return /["$`\\]/.test(value) ? null : `"${value}"`
}
