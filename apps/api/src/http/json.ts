import { BadRequest, jsonExcess } from '@keyferry/kernel'
import { decodeUtf8 } from '@keyferry/schemas'

/** Nothing we take is nested deeper than a dozen levels, and a batch of secrets has thousands of values. */
const BOUNDS = { deepest: 100, mostValues: 250_000 }

/**
 * The text of a JSON body. Throws `BadRequest` for bytes that are not UTF-8, which would be stored as other characters,
 * and for a body that is nested too deep or holds too many values.
 */
export function bodyText(body: Buffer): string {
  const text = decodeUtf8(body)
  if (text === null)
    throw new BadRequest('The body is not text in UTF-8. Encode binary values first, for example with base64.')
  const excess = jsonExcess(text, BOUNDS)
  if (excess === 'levels') throw new BadRequest(`The body is nested more than ${BOUNDS.deepest} levels deep`)
  if (excess === 'values') throw new BadRequest(`The body has more than ${BOUNDS.mostValues} values`)
  return text
}
