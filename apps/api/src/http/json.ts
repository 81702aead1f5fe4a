import { BadRequest } from '@keyferry/kernel'
import { decodeUtf8 } from '@keyferry/schemas'

/**
 * Nothing we take is nested deeper than a dozen levels; what walks a value level by level runs out of stack at some
 * thousands.
 */
const DEEPEST = 100

/**
 * Values of a body: a batch of secrets has thousands; a body that holds little else than empty objects has a million,
 * and each costs memory.
 */
const MOST_VALUES = 250_000

/**
 * The text of a JSON body. Throws `BadRequest` for bytes that are not UTF-8, which would be stored as other characters,
 * and for a body that is nested too deep or holds too many values.
 */
export function bodyText(body: Buffer): string {
  const text = decodeUtf8(body)
  if (text === null)
    throw new BadRequest('The body is not text in UTF-8. Encode binary values first, for example with base64.')
  refuseExcessive(text)
  return text
}

/**
 * Throws `BadRequest` for JSON that is nested too deeply to be meant, or made of too many values. Linear, and before
 * anything is parsed.
 */
function refuseExcessive(text: string): void {
  let depth = 0
  let values = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) quoted = !quoted
    else if (quoted) at += character === BACKSLASH ? 1 : 0
    else if (character === COMMA) values++
    else if (character === BRACKET || character === BRACE) {
      depth++
      values++
    } else if (character === BRACKET + 2 || character === BRACE + 2) depth--
    if (depth > DEEPEST) throw new BadRequest(`The body is nested more than ${DEEPEST} levels deep`)
    if (values > MOST_VALUES) throw new BadRequest(`The body has more than ${MOST_VALUES} values`)
  }
}

const [QUOTE, COMMA, BACKSLASH, BRACKET, BRACE] = [0x22, 0x2c, 0x5c, 0x5b, 0x7b] as const
