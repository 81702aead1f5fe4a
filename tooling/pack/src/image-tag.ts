/** Sets the image of the Kubernetes base to the version of the product. Part of `pnpm version-packages`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const file = join(ROOT, 'deploy/kubernetes/kustomization.yaml')
// Read, not imported: `changeset version` has just changed it.
const { version }: { version: string } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
await writeFile(file, (await readFile(file, 'utf8')).replace(/newTag: .*/, `newTag: ${version}`))
