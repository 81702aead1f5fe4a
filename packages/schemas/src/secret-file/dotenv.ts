/** What python-dotenv replaces in every value, whatever its quotes (its variables.py, 1.2.4). */
const PYTHON_VARIABLE = /\$\{[^}:]*(?::-[^}]*)?\}/
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

function quoted(value: string): string | null {
  // dotenv turns a carriage return into a new line, and only some readers know an escape for it.
  if (/[\0\r]/.test(value) || PYTHON_VARIABLE.test(value)) return null
  if (value === '' || PLAIN.test(value)) return value
  if (!value.includes("'") && !value.includes('\\\\') && !value.endsWith('\\')) return `'${value}'`
  return /["$`\\]/.test(value) ? null : `"${value}"`
}
