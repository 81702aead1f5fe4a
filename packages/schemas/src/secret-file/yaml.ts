/**
 * Characters that YAML reads as something else, or not at all, when they are not escaped. JSON escapes the first of
 * them.
 */
const UNPRINTABLE = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g

/**
 * A line of a YAML mapping, 1.1 and 1.2: key and value in double quotes, so that no value is taken for a number or a
 * date.
 */
export const yamlLine = (key: string, value: string): string => `${quoted(key)}: ${quoted(value)}\n`

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
