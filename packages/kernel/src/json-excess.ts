/** Bounds of JSON text from outside, which costs far more parsed than as text. */
export interface JsonBounds {
  /** Levels: what walks a value level by level runs out of stack at some thousands. */
  deepest: number
  /** Values and members: a text that holds little else than empty objects has millions, and each costs memory. */
  mostValues: number
}

/** Which bound the text breaks; null: none. Linear, and without parsing: text that is no JSON may get any answer. */
export function jsonExcess(text: string, { deepest, mostValues }: JsonBounds): 'levels' | 'values' | null {
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
    if (depth > deepest) return 'levels'
    if (values > mostValues) return 'values'
  }
  return null
}

const [QUOTE, COMMA, BACKSLASH, BRACKET, BRACE] = [0x22, 0x2c, 0x5c, 0x5b, 0x7b] as const
