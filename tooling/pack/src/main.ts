/** `pnpm pack:packages [folder]`: the packages that are published, as tarballs. */
import { resolve } from 'node:path'
import { packCli } from './cli.ts'
import { packClient } from './client.ts'
import { packServer } from './server.ts'

const folder = resolve(process.argv[2] ?? 'tooling/pack/dist')
for (const pack of [packClient, packCli, packServer]) {
  const { file, packed, installed } = await pack(folder)
  console.log(`${file}: ${Math.round(packed / 1000)} kB, installed ${Math.round(installed / 1000)} kB`)
}
