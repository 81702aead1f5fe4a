/**
 * `server-root.ts <folder>`: the server, the command line and what they need, as an installation of the packages has
 * them in its `node_modules`, for the operating system of this machine. Part of deploy/build-root.
 */
import { cp, mkdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeInstallation } from './installation.ts'
import { serverPackage } from './server.ts'

/** Three quarters of what the dependencies take: sources, types, source maps, and extensions of Postgres. */
const NOT_RUN = /^(deps|src)$|\.(gyp|map|cjs|cts|tar\.gz)$|\.d\.ts$/

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('Name the folder to write to.')
const copy = (installed: string, folder: string) => cp(installed, folder, { recursive: true, filter: isRun })
await writeInstallation(target, await serverPackage(), copy)
const programs = join(target, 'node_modules/.bin')
await mkdir(programs)
await symlink('../keyferry/keyferry.js', join(programs, 'keyferry'))

function isRun(path: string): boolean {
  const name = basename(path)
  // For every processor and C library: an image is built on one machine for several.
  if (name.endsWith('.node')) return name.startsWith(process.platform)
  return !NOT_RUN.test(name)
}
