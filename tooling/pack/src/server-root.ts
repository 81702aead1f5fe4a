/**
 * `server-root.ts <folder>`: the server, the command line and what they need, as an installation of the packages has
 * them in its `node_modules`, for the operating system of this machine. Part of deploy/build-root.
 */
import { cp, mkdir, realpath, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { cliPackage } from './cli.ts'
import { writePackage } from './package.ts'
import { DEPENDENCIES } from './server-bundle.ts'
import { serverPackage } from './server.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** Three quarters of what the dependencies take: sources, types, source maps, and extensions of Postgres. */
const NOT_RUN = /^(deps|src)$|\.(gyp|map|cjs|cts|tar\.gz)$|\.d\.ts$/

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('Name the folder to write to.')
const modules = join(target, 'node_modules')
for (const content of [await cliPackage(), await serverPackage()])
  await writePackage(join(modules, content.manifest.name), content)
// Those that the lockfile of the workspace names.
for (const [name, workspace] of Object.entries(DEPENDENCIES))
  await cp(await realpath(join(ROOT, workspace, 'node_modules', name)), join(modules, name), {
    recursive: true,
    filter: isRun,
  })
await mkdir(join(modules, '.bin'))
await symlink('../keyferry/keyferry.js', join(modules, '.bin/keyferry'))

function isRun(path: string): boolean {
  const name = basename(path)
  // For every processor and C library: an image is built on one machine for several.
  if (name.endsWith('.node')) return name.startsWith(process.platform)
  return !NOT_RUN.test(name)
}
