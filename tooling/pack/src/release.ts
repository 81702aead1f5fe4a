/** `pnpm release:build <folder>`: the tarballs of a release, what they contain, their checksums and the notes. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import product from '../../../package.json' with { type: 'json' }
import { billOfMaterials } from './bill-of-materials.ts'
import { cliPackage } from './cli.ts'
import { clientPackage } from './client.ts'
import { notesOf } from './notes.ts'
import { serverPackage } from './server.ts'
import { tarballOf } from './tarball.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PACKAGES = [
  { content: clientPackage, workspaces: ['@keyferry/client'] },
  { content: cliPackage, workspaces: ['@keyferry/cli'] },
  { content: serverPackage, workspaces: ['@keyferry/server', '@keyferry/web'] },
]

const folder = resolve(process.argv[2] ?? 'release')
const files: string[] = []
for (const { content, workspaces } of PACKAGES) {
  const packed = await content()
  const { file } = await tarballOf(folder, packed)
  const bill = file.replace(/\.tgz$/, '.cdx.json')
  await writeFile(bill, await billOfMaterials(packed, workspaces))
  files.push(file, bill)
}
const sums = files.map(async (file) => `${sha256(await readFile(file))}  ${basename(file)}\n`)
await writeFile(join(folder, 'SHA256SUMS'), (await Promise.all(sums)).join(''))
const changelog = await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8')
await writeFile(join(folder, 'NOTES.md'), notesOf(changelog, product.version))

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
