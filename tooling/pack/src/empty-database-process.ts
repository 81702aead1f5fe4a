/**
 * `empty-database-process.ts <file>`: writes an empty database. A process of its own, because it stops the clock and
 * the dice: two releases of one commit have the same bytes. PGlite has no use for the time and the nonce that Postgres
 * stores.
 */
import crypto from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { mock } from 'node:test'
import { gzipSync } from 'node:zlib'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('Name the file to write.')
mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
Object.assign(crypto, { randomFillSync: (bytes: Uint8Array) => bytes.fill(0) })
const { PGlite } = await import('@electric-sql/pglite')
const database = await PGlite.create()
await database.exec('checkpoint')
const archive = await database.dumpDataDir('none')
await writeFile(file, gzipSync(await archive.bytes()))
await database.close()
