/**
 * `test-programs-process.ts <folder>`: the programs that tests start as processes, bundled as the packages are, into
 * that folder. Part of a test run (tooling/vitest).
 */
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundleServer, codeOf, DEPENDENCIES, programEntries } from './server-bundle.ts'

const ROOT = join(import.meta.dirname, '../../..')

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder to write to.')
const output = await bundleServer(
  { ...programEntries(), keyferry: join(ROOT, 'apps/cli/src/main.ts') },
  { console: join(ROOT, 'apps/web/dist'), emptyDatabase: null },
)
for (const [name, code] of Object.entries(codeOf(output))) await writeFile(join(folder, name), code)
await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
for (const [name, workspace] of Object.entries(DEPENDENCIES)) {
  const link = join(folder, 'node_modules', name)
  await mkdir(dirname(link), { recursive: true })
  await symlink(await realpath(join(ROOT, workspace, 'node_modules', name)), link)
}
