import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files below `dir` that hold `canary` in clear, and how many were read. */
export async function filesWith(dir: string, canary: string): Promise<{ hits: string[]; files: number }> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hits: string[] = []
  for (const path of paths) if (await holds(path, Buffer.from(canary))) hits.push(path)
  return { hits, files: paths.length }
}

async function holds(path: string, canary: Buffer): Promise<boolean> {
  // The canary may stand across two chunks.
  let before = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const text = Buffer.concat([before, chunk as Buffer])
    if (text.includes(canary)) return true
    before = text.subarray(-canary.length)
  }
  return false
}

/** How often `text` stands in the files of `dir`. */
export async function timesIn(dir: string, text: string): Promise<number> {
  const files = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')))
  return files.reduce((sum, file) => sum + file.split(text).length - 1, 0)
}
