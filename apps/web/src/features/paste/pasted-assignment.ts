/**
 * What a text that is pasted as a key is: one assignment of a `.env` file, several lines of one, or neither
 * (null).
 */
export function pastedAssignment(text: string): { key: string; value: string } | 'lines' | null {
  const match = /^\s*(?:#[^\n]*\n\s*)*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s.exec(text)
  const [, key, rest] = match ?? []
  if (key === undefined || rest === undefined) return null
  const value = rest.trim()
  return /[\r\n]/.test(value) || text.trimStart().startsWith('#')
    ? 'lines'
    : { key, value: value.replace(/^(['"])([\s\S]*)\1$/, '$2') }
}
