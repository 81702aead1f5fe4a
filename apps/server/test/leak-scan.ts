/** Looks for secret texts in what a run left behind, in every form in which something could have written them down. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TextSearch } from './text-search.ts'

export type LeakSearch = TextSearch<SearchedText>

export interface SearchedText {
  /** What it is, for the report: never the text itself. */
  what: string
  form: string
  bytes: Buffer
}

export const searchedTexts = (what: string, text: string): SearchedText[] =>
  formsOf(Buffer.from(text)).map(([form, bytes]) => ({ what, form, bytes: Buffer.from(bytes) }))

/** As it is, in hex, in base64 at whatever offset it stands in what was encoded, for URLs and for JSON, in UTF-16. */
function formsOf(text: Buffer): [form: string, bytes: string | Buffer][] {
  const clear = text.toString()
  const json = JSON.stringify(clear).slice(1, -1)
  const forms: [string, string | Buffer][] = [
    ['clear', text],
    ['URL', encodeURIComponent(clear)],
    ['form', new URLSearchParams({ '': clear }).toString().slice(1)],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['hex', text.toString('hex')],
    ['HEX', text.toString('hex').toUpperCase()],
    ['UTF-16', Buffer.from(clear, 'utf16le')],
  ]
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), text])
    // Characters that hold bits of a neighbour are left out.
    const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)]
    forms.push(['base64', padded.toString('base64').slice(from, to)])
    forms.push(['base64url', padded.toString('base64url').slice(from, to)])
  }
  const seen = new Set<string>()
  return forms.filter(([, bytes]) => {
    const known = seen.has(bytes.toString('latin1'))
    seen.add(bytes.toString('latin1'))
    return !known
  })
}

/** What `search` finds in `hay`: `<where>: <what> in <form>` each. */
export const found = (where: string, hay: Buffer | string, search: LeakSearch): string[] =>
  search(typeof hay === 'string' ? Buffer.from(hay) : hay).map(({ what, form }) => `${where}: ${what} in ${form}`)

/** The same for the files in `dir` and, with `deep`, below it; also how many bytes were read. */
export async function foundIn(
  dir: string,
  search: LeakSearch,
  { deep }: { deep: boolean },
): Promise<{ hits: string[]; bytes: number }> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: deep })
  const hits: string[] = []
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    // A database may put one file in another's place meanwhile.
    const content = await readFile(path).catch(() => null)
    if (!content) continue
    bytes += content.length
    hits.push(...found(path.slice(dir.length), content, search))
  }
  return { hits, bytes }
}
