import { BadRequest, MAX_NAME_BYTES, shortened } from '@keyferry/kernel'
import { MAX_PATH } from '@keyferry/schemas'

/**
 * Throws `BadRequest` for a folder whose path would be longer than any request can name, so that nothing in it could be
 * read any more. `before`: what its path is, when it has one; one that is too long already may become shorter.
 */
export function refuseLongPath(after: string, before = ''): void {
  if (after.length <= MAX_PATH || after.length <= before.length) return
  throw new BadRequest(
    `The path ${shortened(after, MAX_NAME_BYTES)} would have ${after.length} characters. A path has at most ${MAX_PATH}: use a shorter name, or fewer folders in each other.`,
  )
}
