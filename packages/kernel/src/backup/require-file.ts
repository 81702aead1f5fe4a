import { statSync } from 'node:fs'
import { BadRequest, NotFound } from '../errors.ts'

/** Throws `NotFound` where nothing is, and `BadRequest` for what is no file, such as a directory. */
export function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new NotFound(`${path} does not exist`)
  if (!found.isFile()) throw new BadRequest(`${path} is not a file`)
}
