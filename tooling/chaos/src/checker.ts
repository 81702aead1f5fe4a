/** After quiet: is everything that was acknowledged in the vault, and is every target what the vault says? */
import type { KeyferryClient } from '@keyferry/client'
import { ENVIRONMENT, FOLDERS, type Folder, type ScenarioSync, type Scenario } from './scenario.ts'
import type { Account } from './vendor.ts'
import { IMPORT, isKept, nameOf, type Writer } from './writer.ts'

export interface CheckResult {
  /** Acknowledged changes that are not in the vault. */
  lost: string[]
  missing: string[]
  stale: string[]
  /** Keys at a target that should be gone. */
  left: string[]
  foreignTouched: string[]
  twoWriters: string[]
  untaggedWrites: number
  vendorWrites: number
  vendorRequests: number
  /** By destination: for how long keys were missing that should be there at any time, milliseconds. */
  absences: Map<string, number[]>
}

type Vault = Record<Folder, Map<string, string>>

export async function checkTargets(
  client: KeyferryClient,
  scenario: Scenario,
  { transcript }: Writer,
): Promise<CheckResult> {
  const place = { projectId: scenario.projectId, environment: ENVIRONMENT }
  const vault: Vault = { shared: new Map(), app: new Map(), jobs: new Map() }
  for (const folder of FOLDERS) {
    const { secrets } = await client.secrets.list.query({ ...place, secretPath: `/${folder}` })
    vault[folder] = new Map(secrets.map(({ key, value }) => [key, value ?? '']))
  }
  const imports = await client.imports.list.query({ ...place, path: '/app' })
  const stored = new Map<string, string>(imports.length > 0 ? [[IMPORT, 'yes']] : [])
  for (const folder of FOLDERS) for (const [key, value] of vault[folder]) stored.set(nameOf(folder, key), value)

  const lost = [...new Set([...transcript.names(), ...stored.keys()])].filter(
    (name) => !transcript.allowed(name).has(stored.get(name) ?? null),
  )
  const result: CheckResult = {
    lost: lost.map((name) => `${name}: the vault does not hold what was acknowledged`),
    missing: [],
    stale: [],
    left: [],
    foreignTouched: [],
    twoWriters: [],
    untaggedWrites: 0,
    vendorWrites: 0,
    vendorRequests: 0,
    absences: new Map(),
  }
  for (const account of new Set(scenario.syncs.map((sync) => sync.account))) {
    await judgeAccount(account, scenario, vault, imports.length > 0, result)
  }
  return result
}

async function judgeAccount(
  account: Account,
  scenario: Scenario,
  vault: Vault,
  imported: boolean,
  result: CheckResult,
): Promise<void> {
  const { contents, record } = await account.look()
  const syncs = scenario.syncs.filter((sync) => sync.account === account)
  const foreign = scenario.foreign.get(account) ?? new Map<string, string>()
  const wanted = new Map(syncs.flatMap((sync) => [...wantedBy(sync, vault, imported)]))
  const at = (key: string): string => `${syncs.map(({ name }) => name).join(' + ')}: ${key}`

  for (const [key, value] of wanted) {
    const found = contents.get(key)
    if (found === undefined) result.missing.push(at(key))
    else if (found !== value) result.stale.push(at(key))
  }
  for (const [key, value] of foreign) if (contents.get(key) !== value) result.foreignTouched.push(at(key))
  for (const key of contents.keys()) {
    const mayStay = syncs.some(({ mirrors, prefix }) => mirrors && key.startsWith(`${prefix}STRAY`))
    if (!wanted.has(key) && !foreign.has(key) && !mayStay) result.left.push(at(key))
  }

  result.twoWriters.push(...record.overlaps.map((overlap) => at(overlap)))
  result.untaggedWrites += record.untagged
  result.vendorWrites += record.writes
  result.vendorRequests += record.requests
  const kept = record.absences.filter(({ key }) => syncs.some((sync) => isKeptBy(sync, key)))
  const known = result.absences.get(account.destination) ?? []
  result.absences.set(account.destination, [...known, ...kept.map(({ from, to }) => to - from)])
}

const isKeptBy = ({ prefix, folder }: ScenarioSync, key: string): boolean =>
  key.startsWith(prefix) && isKept(folder, key.slice(prefix.length))

/**
 * What the sync's target should hold: imports below the folder's own keys, references filled in. Written apart from the
 * product.
 */
function wantedBy({ folder, prefix }: ScenarioSync, vault: Vault, imported: boolean): Map<string, string> {
  const reads = folder === 'jobs' || (folder === 'app' && imported)
  const merged = new Map([...(reads ? vault.shared : []), ...vault[folder]])
  const filled = (value: string): string =>
    value
      .replace(`\${${ENVIRONMENT}.shared.S_00}`, vault.shared.get('S_00') ?? '')
      .replace(`\${${ENVIRONMENT}.app.A_00}`, vault.app.get('A_00') ?? '')
  return new Map([...merged].map(([key, value]) => [prefix + key, filled(value)]))
}
