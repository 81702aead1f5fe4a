import { BadRequest } from '@keyferry/core/errors'

/** Nothing we take is nested deeper than a dozen levels; what walks a value level by level runs out of stack at some thousands. */
const DEEPEST = 100

/** Throws `BadRequest` for JSON that is nested too deeply to be meant. */
export function refuseTooDeep(text: string): void {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) quoted = !quoted
    else if (quoted) at += character === BACKSLASH ? 1 : 0
    else if (character === BRACKET || character === BRACE) depth++
    else if (character === BRACKET + 2 || character === BRACE + 2) depth--
    if (depth > DEEPEST) throw new BadRequest(`The body is nested more than ${DEEPEST} levels deep`)
  }
}

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b] as const
