/** A name that a POSIX shell takes for a variable. */
export const isShellName = (key: string): boolean => /^[A-Za-z_]\w*$/.test(key)

/**
 * An `export NAME='value'` line for a POSIX shell, which sets exactly this value and runs nothing; null for a name that
 * is none of a shell variable, and for a value with U+0000.
 */
export function shellLine(key: string, value: string): string | null {
  return isShellName(key) && !value.includes('\0') ? `export ${key}='${value.replaceAll("'", `'\\''`)}'\n` : null
}
