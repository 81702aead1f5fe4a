/** Root's checkout is often where only root can enter: `/root`, or a `mktemp -d`. */
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { ownPostgres } from '../src/own-postgres.ts'
import { installedBinaries } from '../src/postgres-server.ts'

/** Root is the only one whose Postgres runs as another user. */
const applies = process.getuid?.() === 0 && inject('postgresUrl') !== ''

describe.skipIf(!applies)('as root, the tests start their Postgres', () => {
  it('where every user can read the packages', async () => {
    const { url } = await ownPostgres()
    await expectConnection(url)
  })

  it('where only root can, installed and run with umask 077', async () => {
    const place = await mkdtemp(join(tmpdir(), 'keyferry-private-'))
    onTestFinished(() => rm(place, { recursive: true }))
    const umask = process.umask(0o077)
    onTestFinished(() => void process.umask(umask))
    const installed = join(place, 'native')
    await cp(installedBinaries(), installed, { recursive: true, verbatimSymlinks: true })
    for (const directory of ['', 'bin', 'lib', 'share']) await chmod(join(installed, directory), 0o700)
    const { url } = await ownPostgres({ installed })
    await expectConnection(url)
  })
})

async function expectConnection(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) }, resolve)
  socket.once('error', reject)
  await expect(promise).resolves.toBeUndefined()
  socket.destroy()
}
