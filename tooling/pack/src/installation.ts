import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { cliPackage } from './cli.ts'
import { writePackage, type Package } from './package.ts'
import { DEPENDENCIES } from './server-bundle.ts'

const ROOT = join(import.meta.dirname, '../../..')

/**
 * Writes the command line and the server to `node_modules` of `folder`, as an installation of the packages has them.
 * `add` puts what the server needs there, from where the workspace has it installed.
 */
export async function writeInstallation(
  folder: string,
  server: Package,
  add: (installed: string, target: string) => Promise<unknown>,
): Promise<void> {
  const modules = join(folder, 'node_modules')
  for (const content of [await cliPackage(), server]) await writePackage(join(modules, content.manifest.name), content)
  // Those that the lockfile of the workspace names.
  for (const [name, workspace] of Object.entries(DEPENDENCIES))
    await add(await realpath(join(ROOT, workspace, 'node_modules', name)), join(modules, name))
}
