/** `pnpm pack:packages [folder]`: the packages that are published, as tarballs. */
import { resolve } from 'node:path'
import { cliPackage } from './cli.ts'
import { clientPackage } from './client.ts'
import { serverPackage } from './server.ts'
import { tarballOf } from './tarball.ts'

const folder = resolve(process.argv[2] ?? 'tooling/pack/dist')
for (const content of [await clientPackage(), await cliPackage(), await serverPackage()]) {
  const { file, packed, installed } = await tarballOf(folder, content)
  console.log(`${file}: ${Math.round(packed / 1000)} kB, installed ${Math.round(installed / 1000)} kB`)
}
