import { execFile } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import product from '../../../package.json' with { type: 'json' }
import { writePackage, type Package } from './package.ts'

export interface Tarball {
  /** Where it is. */
  file: string
  /** Bytes of the tarball, and of its files once installed. */
  packed: number
  installed: number
}

/** Writes the package to `folder` and packs it there. The same input gives the same bytes. */
export async function tarballOf(folder: string, content: Package): Promise<Tarball> {
  const dir = join(folder, content.manifest.name.replaceAll(/[@/]/g, ' ').trim().replaceAll(' ', '-'))
  const installed = await writePackage(dir, content)
  const file = await packedIn(folder, dir)
  return { file, packed: (await stat(file)).size, installed }
}

/** Packs the written package in `dir` to `folder`, under the name of `dir`. Returns the tarball's path. */
export async function packedIn(folder: string, dir: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const pack = ['pack', '--silent', '--offline', '--no-update-notifier', '--pack-destination', folder]
  await promisify(execFile)('npm', pack, { cwd: dir })
  return join(folder, `${basename(dir)}-${product.version}.tgz`)
}
