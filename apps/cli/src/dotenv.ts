import { parse } from 'dotenv'
import { Failure } from './failure.ts'

/** What may come after a value must not change it, nor be changed by it: dotenv finds the end of a quote by searching. */
const AFTER = `\nA='a'\nB="b"\nC=\`c\`\nD=d\n`

/**
 * The text of a `.env` file that dotenv reads back exactly. Throws `Failure` naming the keys it cannot hold: nothing is written in a form
 * that would come back as something else.
 */
export function toDotenv(entries: ReadonlyMap<string, string>): string {
  const lines: string[] = []
  const refused: string[] = []
  for (const [key, value] of entries) {
    const written = /^[\w.-]+$/.test(key) ? writings(value).find((text) => readsBack(text, value)) : undefined
    if (written === undefined) refused.push(key)
    else lines.push(`${key}=${written}\n`)
  }
  if (refused.length > 0) throw new Failure(`A .env file cannot hold ${refused.join(', ')}`, 'Use --format json.')
  return lines.join('')
}

/** Plain where nothing could be misread; single quotes, which expand nothing, wherever they can be. */
function writings(value: string): string[] {
  const escaped = value.replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return [
    ...(/^[\w.:/@%+,=-]+$/.test(value) ? [value] : []),
    `'${value}'`,
    `"${value}"`,
    `"${escaped}"`,
    `\`${value}\``,
  ]
}

function readsBack(text: string, value: string): boolean {
  const read = parse(`K=${text}${AFTER}`)
  return read['K'] === value && read['A'] === 'a' && read['B'] === 'b' && read['C'] === 'c' && read['D'] === 'd'
}
