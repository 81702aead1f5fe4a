/** One Worker: its bindings, of which secrets are some, and its deployments. */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'
import { nameInUse, noBinding, notDeployed, ok, refused, tooLarge } from './answers.ts'

export interface Binding {
  name: string
  /** `secret_text`, `secret_key`, `plain_text`, `kv_namespace`, … */
  type: string
  text?: string
}

/** Where Cloudflare's documents say nothing or have changed. */
export interface Behaviour {
  /** Secrets of one bulk request: 100, and 25 for some days of June 2026 (cloudflare/workers-sdk issue 14158). */
  bulkLimit: number
  /** A refused bulk request names the secret; it does not always (cloudflare/workers-sdk issue 7287). */
  namesRefused: boolean
  /** Removing an absent secret in bulk does nothing, as a merge patch says. */
  absentIsRemoved: boolean
  /** A name may have characters beside letters, digits and `_`. */
  anyName: boolean
}

/** A change of a bulk request: null removes. */
export type Changes = readonly (readonly [name: string, binding: Binding | null])[]

export interface Script {
  name: string
  bindings: Map<string, Binding>
  /** How often the Worker was deployed. Every change of secrets is a deployment. */
  deployments: number
  /** False after a version was uploaded and not deployed: secrets can't be changed. */
  isDeployed: boolean
}

export const script = (name: string): Script => ({ name, bindings: new Map(), deployments: 1, isDeployed: true })

/** As every answer shows it: a secret without its value. */
export const shown = ({ text, ...binding }: Binding): Binding =>
  isSecret(binding) || text === undefined ? binding : { ...binding, text }

export const isSecret = ({ type }: Pick<Binding, 'type'>): boolean => type === 'secret_text' || type === 'secret_key'

/** 5 KB of text, and 128 variables and secrets of a paid plan (developers.cloudflare.com, 2026-11-28). */
const MAX_BYTES = 5_120
const MAX_COUNT = 128

/** Carries out all changes as one version and deploys it, or none: then the answer says why. */
export function apply(script: Script, changes: Changes, behaviour: Behaviour): ServedAnswer | null {
  if (!script.isDeployed) return notDeployed()
  for (const [name, binding] of changes) {
    const refusal = refusalOf(script, name, binding, behaviour)
    if (refusal === null) continue
    return behaviour.namesRefused ? refusal : refused(400, 10_013, 'workers.api.error.unknown')
  }
  const next = new Map(script.bindings)
  for (const [name, binding] of changes) {
    if (binding === null) next.delete(name)
    else next.set(name, binding)
  }
  const count = [...next.values()].filter((one) => isSecret(one) || one.type === 'plain_text').length
  if (count > MAX_COUNT) return refused(400, 10_055, `Your Worker exceeds the limit of ${MAX_COUNT} text bindings.`)
  script.bindings = next
  script.deployments += 1
  return null
}

function refusalOf(
  { bindings }: Script,
  name: string,
  binding: Binding | null,
  behaviour: Behaviour,
): ServedAnswer | null {
  const held = bindings.get(name)
  if (binding === null) {
    if (held === undefined) return behaviour.absentIsRemoved ? null : noBinding(name)
    return isSecret(held) ? null : noBinding(name)
  }
  if (!(behaviour.anyName ? /^[^\s\p{Cc}/]+$/u : /^[A-Za-z_][A-Za-z0-9_]*$/).test(name))
    return refused(400, 10_050, `Binding name '${name}' is invalid.`)
  if (held !== undefined && !isSecret(held)) return nameInUse(name)
  return Buffer.byteLength(binding.text ?? '') > MAX_BYTES ? tooLarge(name) : null
}

/** All secrets by name, as the answer of a bulk request has them. */
export const secretsOf = ({ bindings }: Script): ServedAnswer =>
  ok(Object.fromEntries([...bindings.values()].filter(isSecret).map((one) => [one.name, shown(one)])))
