import { readFile } from 'node:fs/promises'
import { utf8 } from './terminal/utf8.ts'

/** The text of a file. Throws `Failure` for bytes that are not UTF-8, and what the system says, with the path. */
export async function fileText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    // Of a directory the system says that it is one, not which.
    throw error instanceof Error ? Object.assign(error, { path: file }) : error
  })
  return utf8(bytes, file)
}
