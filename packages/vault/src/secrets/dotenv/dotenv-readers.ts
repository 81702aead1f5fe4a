/** White space that dotenv, Node and python-dotenv do not agree on. */
const ODD_SPACE = '\\v\\f\\x1C-\\x1F\\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF'
const UNQUOTED = `[^\\s'"\`#${ODD_SPACE}](?:[^\\n#${ODD_SPACE}]*[^\\s#${ODD_SPACE}])?`
const SINGLE = `'[^'\\\\]*(?:\\\\(?!['\\\\])[^'\\\\]*)*'`
const DOUBLE = `"[^"\\\\]*(?:\\\\(?![\\\\'"abfrtv])[^"\\\\]*)*"`
const NAME = '(?!export[ \\t])[\\w.-]+'
const EXPORT = '(?:export[ \\t]+)?'
const COMMENT = '#[^\\n]*'
const VALUE = `(?:${UNQUOTED}(?:[ \\t]+${COMMENT})?|(?:${SINGLE}|${DOUBLE})[ \\t]*(?:${COMMENT})?)[ \\t]*`
/** Node takes the next line for the value of `KEY= `, and `export` for a part of the key in `export KEY=`. */
const BLANK = `${NAME}[ \\t]*=`
const ASSIGNMENT = new RegExp(`^(?:${EXPORT}${NAME}[ \\t]*=(?:[ \\t]*${VALUE}|[ \\t]+${COMMENT})|${BLANK})$`)

/**
 * Whether dotenv (18), Node (`util.parseEnv`, 24) and python-dotenv (1.2, without interpolation) read an assignment
 * alike: `text` is all of its lines. Anything but the forms that they share counts as read differently.
 */
export const isReadAlike = (text: string): boolean => ASSIGNMENT.test(text)
