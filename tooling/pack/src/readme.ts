import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import product from '../../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../../..')

/** A file of `docs` as the README of a package, which has none of the files that it links to: it names them. */
export async function readmeOf(document: string): Promise<string> {
  const text = await readFile(join(ROOT, 'docs', document), 'utf8')
  const named = text.replaceAll(/\[([^\]]+)\]\(([^)#:\s]+)(?:#[^)]*)?\)/g, (_, words: string, file: string) => {
    const path = `\`${posix.join('docs', file)}\``
    return file.endsWith(words.replaceAll('`', '')) ? path : `${words} (${path})`
  })
  return `${named.trimEnd()}\n\nThe documents that are named here are in the sources of version ${product.version}.\n`
}
