/**
 * `test-installation-process.ts <folder> <empty database>`: the packages that are published, for tests that start their
 * programs. Where the console is not built, the server has none. Part of a test run (tooling/vitest).
 */
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeInstallation } from './installation.ts'
import { CONSOLE, serverPackage } from './server.ts'

const [folder, emptyDatabase] = process.argv.slice(2)
if (folder === undefined || emptyDatabase === undefined) throw new Error('Name the folder to write to, and a database.')
const server = await serverPackage({ emptyDatabase, withConsole: existsSync(CONSOLE) })
await writeInstallation(folder, server, async (installed, link) => {
  await mkdir(dirname(link), { recursive: true })
  await symlink(installed, link)
})
