import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import product from '../../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../../..')

/** A package of its own, before it is written. */
export interface Package {
  /** What the code was bundled from. */
  chunks: readonly { type: string; moduleIds?: readonly string[] }[]
  /** Contents by file name. */
  files: Readonly<Record<string, string | Uint8Array>>
  manifest: { name: string; [field: string]: unknown }
}

/**
 * Writes the files of a package to the folder `dir`, in the place of what was there, with the product's version and
 * licence and the licences of what was bundled. Returns their bytes.
 */
export async function writePackage(dir: string, { chunks, files, manifest }: Package): Promise<number> {
  const { version, license } = product
  await rm(dir, { recursive: true, force: true })
  const all: Package['files'] = {
    ...files,
    'package.json': `${JSON.stringify({ ...manifest, version, license, type: 'module' }, null, 2)}\n`,
    LICENSE: await readFile(join(ROOT, 'LICENSE'), 'utf8'),
    'THIRD-PARTY-LICENSES.txt': await licencesOf(chunks),
  }
  for (const [name, content] of Object.entries(all)) {
    const mode = typeof content === 'string' && content.startsWith('#!') ? 0o755 : 0o644
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
    // As it is packed, whatever mode the user's umask leaves a new file.
    await chmod(join(dir, name), mode)
  }
  return Object.values(all).reduce((sum, content) => sum + Buffer.byteLength(content), 0)
}

/** The licences of the packages that were bundled. Throws when one has none. */
async function licencesOf(chunks: Package['chunks']): Promise<string> {
  const texts = await Promise.all((await bundledIn(chunks)).map(licenceOf))
  return [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`)
}

const published = z.object({ name: z.string(), version: z.string(), license: z.string().optional() })

interface Published extends z.infer<typeof published> {
  dir: string
}

/** The packages that the modules come from. */
export function bundledIn(chunks: Package['chunks']): Promise<Published[]> {
  const inPackage = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//
  const dirs = new Set(chunks.flatMap(({ moduleIds = [] }) => moduleIds).flatMap((id) => inPackage.exec(id)?.[1] ?? []))
  return Promise.all(
    [...dirs].map(async (dir) => ({
      dir,
      ...published.parse(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))),
    })),
  )
}

/** The licence file of a package, or the name of its licence where it comes without a file. */
async function licenceOf({ dir, name, version, license }: Published): Promise<string> {
  const file = (await readdir(dir)).find((candidate) => /^licen[cs]e/i.test(candidate))
  const text = file === undefined ? license : await readFile(join(dir, file), 'utf8')
  if (text === undefined) throw new Error(`${name} ${version} says nowhere what its licence is`)
  return `${name} ${version}\n\n${text.trim()}\n`
}
