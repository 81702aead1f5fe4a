import { INVISIBLE } from '@keyferry/schemas/visible-text'

const EVERY = new RegExp(INVISIBLE, 'gu')
const BLANKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu

/**
 * `text` for a terminal, on one line: nothing in it moves the cursor, sets a title, or hides or reorders what stands
 * beside it. Blank characters become spaces, the others are written as JSON writes them, so text that is JSON stays the
 * same JSON.
 */
export const printable = (text: string): string => escaped(text.replace(BLANKS, ' '))

/** The same with its line ends and tabs. */
export const printableLines = (text: string): string =>
  text
    .split(/(\r?\n|\t)/)
    .map((part, at) => (at % 2 === 0 ? escaped(part) : part))
    .join('')

const escaped = (text: string): string => text.replace(EVERY, (character) => character.split('').map(unit).join(''))

const unit = (half: string): string => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`
