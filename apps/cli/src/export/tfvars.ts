const ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/**
 * A line of a `.tfvars` file; null for a name that is none of a Terraform variable, and for a value that is not in
 * Unicode's normal form C, because Terraform normalizes every string.
 */
export function tfvarsLine(key: string, value: string): string | null {
  if (!/^[A-Za-z_][\w-]*$/.test(key) || value.normalize('NFC') !== value) return null
  // `${` and `%{` begin a template; with the first character escaped they don't.
  const text = value.replaceAll(
    /["\\\p{Cc}\u2028\u2029]|[$%](?=\{)/gu,
    (char) => ESCAPES.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${key} = "${text}"\n`
}
