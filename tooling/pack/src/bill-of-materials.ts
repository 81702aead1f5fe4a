import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import product from '../../../package.json' with { type: 'json' }
import { bundledIn, type Package } from './package.ts'

const ROOT = join(import.meta.dirname, '../../..')

const component = z.looseObject({ name: z.string(), 'bom-ref': z.string() })
const bill = z.looseObject({
  metadata: z.looseObject({ component }),
  components: z.array(component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

/**
 * What a package contains, in CycloneDX. The workspace packages `from` that its code comes from bring along more than
 * is bundled, such as types; a package that installs no other one lists only what is bundled. No time and no random
 * number is in it, so one commit has one bill.
 */
export async function billOfMaterials(content: Package, from: readonly string[]): Promise<string> {
  const { serialNumber: _random, metadata, components, dependencies, ...bom } = bill.parse(await sbomOf(from))
  const { timestamp: _now, component: workspace, ...told } = metadata
  const root = workspace['bom-ref']
  const bundled = new Set((await bundledIn(content.chunks)).map(({ name, version }) => purlOf(name, version)))
  const isWhole = content.manifest['dependencies'] === undefined
  const isListed = (ref: string): boolean => !isWhole || ref === root || bundled.has(ref)
  const { name } = content.manifest
  const { group: _group, ...described } = workspace
  return `${JSON.stringify(
    {
      ...bom,
      metadata: {
        ...told,
        component: { ...described, name, version: product.version, purl: purlOf(name, product.version) },
      },
      components: components
        .filter((part) => isListed(part['bom-ref']))
        .toSorted((a, b) => inOrder(a['bom-ref'], b['bom-ref'])),
      dependencies: dependencies
        .filter(({ ref }) => isListed(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isListed).toSorted(inOrder) }))
        .toSorted((a, b) => inOrder(a.ref, b.ref)),
    },
    null,
    2,
  )}\n`
}

async function sbomOf(workspaces: readonly string[]): Promise<unknown> {
  const sbom = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--prod', '--no-optional']
  const filters = workspaces.flatMap((name) => ['--filter', name])
  const pnpm = ['-y', 'pnpm@12', ...filters, ...sbom]
  const { stdout } = await promisify(execFile)('npx', pnpm, { cwd: ROOT, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout)
}

// pnpm lists them in any order.
const inOrder = (a: string, b: string): number => (a < b ? -1 : 1)

const purlOf = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`
