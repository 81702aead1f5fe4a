/** After quiet: is everything that was acknowledged in the vault, and is every target what the vault says? */
import type { KeyferryClient } from '@keyferry/client'
import { ENVIRONMENT, FOLDERS, type Folder, type PlayedSync, type Scene } from './scene.ts'
import type { Account } from './vendor.ts'
import { IMPORT, isKept, nameOf, type Writer } from './writer.ts'

export interface Verdict {
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

export async function judge(client: KeyferryClient, scene: Scene, { book }: Writer): Promise<Verdict> {
  const place = { projectId: scene.projectId, environment: ENVIRONMENT }
  const vault: Vault = { shared: new Map(), app: new Map(), jobs: new Map() }
  for (const folder of FOLDERS) {
    const { secrets } = await client.secrets.list.query({ ...place, secretPath: `/${folder}` })
    vault[folder] = new Map(secrets.map(({ secretKey, secretValue }) => [secretKey, secretValue]))
  }
  const imports = await client.imports.list.query({ ...place, path: '/app' })
  const stored = new Map<string, string>(imports.length > 0 ? [[IMPORT, 'yes']] : [])
  for (const folder of FOLDERS) for (const [key, value] of vault[folder]) stored.set(nameOf(folder, key), value)

  const lost = [...new Set([...book.names(), ...stored.keys()])].filter(
    (name) => !book.allowed(name).has(stored.get(name) ?? null),
  )
  const verdict: Verdict = {
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
  for (const account of new Set(scene.syncs.map((sync) => sync.account))) {
    await judgeAccount(account, scene, vault, imports.length > 0, verdict)
  }
  return verdict
}

async function judgeAccount(
  account: Account,
  scene: Scene,
  vault: Vault,
  imported: boolean,
  verdict: Verdict,
): Promise<void> {
  const { contents, witness } = await account.look()
  const syncs = scene.syncs.filter((sync) => sync.account === account)
  const foreign = scene.foreign.get(account) ?? new Map<string, string>()
  const wanted = new Map(syncs.flatMap((sync) => [...wantedBy(sync, vault, imported)]))
  const at = (key: string): string => `${syncs.map(({ name }) => name).join(' + ')}: ${key}`

  for (const [key, value] of wanted) {
    const found = contents.get(key)
    if (found === undefined) verdict.missing.push(at(key))
    else if (found !== value) verdict.stale.push(at(key))
  }
  for (const [key, value] of foreign) if (contents.get(key) !== value) verdict.foreignTouched.push(at(key))
  for (const key of contents.keys()) {
    const mayStay = syncs.some(({ mirrors, prefix }) => mirrors && key.startsWith(`${prefix}STRAY`))
    if (!wanted.has(key) && !foreign.has(key) && !mayStay) verdict.left.push(at(key))
  }

  verdict.twoWriters.push(...witness.overlaps.map((overlap) => at(overlap)))
  verdict.untaggedWrites += witness.untagged
  verdict.vendorWrites += witness.writes
  verdict.vendorRequests += witness.requests
  const kept = witness.absences.filter(({ key }) => syncs.some((sync) => isKeptBy(sync, key)))
  const known = verdict.absences.get(account.destination) ?? []
  verdict.absences.set(account.destination, [...known, ...kept.map(({ from, to }) => to - from)])
}

const isKeptBy = ({ prefix, folder }: PlayedSync, key: string): boolean =>
  key.startsWith(prefix) && isKept(folder, key.slice(prefix.length))

/** What the sync's target should hold: imports below the folder's own keys, references filled in. Written apart from the product. */
function wantedBy({ folder, prefix }: PlayedSync, vault: Vault, imported: boolean): Map<string, string> {
  const reads = folder === 'jobs' || (folder === 'app' && imported)
  const merged = new Map([...(reads ? vault.shared : []), ...vault[folder]])
  const filled = (value: string): string =>
    value
      .replace(`\${${ENVIRONMENT}.shared.S_00}`, vault.shared.get('S_00') ?? '')
      .replace(`\${${ENVIRONMENT}.app.A_00}`, vault.app.get('A_00') ?? '')
  return new Map([...merged].map(([key, value]) => [prefix + key, filled(value)]))
}
