/** What the emulated Parameter Store keeps, and what it refuses to keep. */
import { isKmsKey } from '../../aws/emulator/kms.ts'
import { Refused } from '../../aws/emulator/refused.ts'
import { MAX_TAGS } from '../../aws/emulator/tags.ts'
import { refuseName } from './names.ts'

type ParameterType = 'String' | 'StringList' | 'SecureString'
type Tier = 'Standard' | 'Advanced'

export interface Parameter {
  name: string
  value: string
  description: string | null
  type: ParameterType
  /** As it was given: an alias stays an alias. Of a SecureString only. */
  keyId: string | null
  version: number
  tier: Tier
  /** Unix seconds. */
  lastModified: number
  lastModifiedBy: string
  allowedPattern: string | null
  policies: string | null
  tags: Map<string, string>
  /** The oldest version with a label, which is never cleaned up. */
  labelled: number | null
}

export interface Write {
  name: string
  value: string
  overwrite: boolean
  by: string
  description?: string
  type?: ParameterType
  keyId?: string
  tier?: Tier | 'Intelligent-Tiering'
  tags?: ReadonlyMap<string, string>
  allowedPattern?: string
  policies?: string
}

/** What putting a SecureString over a String does: the documents and what people report contradict each other. */
export type TypeChange = 'refused' | 'replaced'

export interface Parameters {
  put(write: Write): Parameter
  find(name: string): Parameter | undefined
  /** Sorted by name. */
  all(): Parameter[]
  delete(name: string): boolean
  clear(): void
}

const DEFAULT_KEY = 'alias/aws/ssm'
const MAX_BYTES: Readonly<Record<Tier, number>> = { Standard: 4_096, Advanced: 8_192 }
const MAX_STANDARD = 10_000
const KEPT_VERSIONS = 100

export function createParameters(typeChange: TypeChange): Parameters {
  const kept = new Map<string, Parameter>()

  const create = (write: Write): Parameter => {
    if (!write.type)
      throw new Refused('ValidationException', 'A parameter type is required when you create a parameter.')
    const tier = tierOf(write, null)
    if (tier === 'Standard' && [...kept.values()].filter((one) => one.tier === 'Standard').length >= MAX_STANDARD) {
      throw new Refused(
        'ParameterLimitExceeded',
        'You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.',
      )
    }
    return {
      ...stamp(write),
      name: write.name,
      value: write.value,
      description: write.description ?? null,
      type: write.type,
      keyId: keyOf(write, write.type),
      version: 1,
      tier,
      allowedPattern: write.allowedPattern ?? null,
      policies: write.policies ?? null,
      tags: new Map(write.tags),
      labelled: null,
    }
  }

  const change = (write: Write, old: Parameter): Parameter => {
    if (!write.overwrite) {
      throw new Refused(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      )
    }
    const type = write.type ?? old.type
    if (type !== old.type && typeChange === 'refused') {
      throw new Refused(
        'HierarchyTypeMismatchException',
        "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
      )
    }
    if (old.labelled !== null && old.version + 1 - old.labelled >= KEPT_VERSIONS) {
      throw new Refused(
        'ParameterMaxVersionLimitExceeded',
        `The oldest version of ${old.name} has a label associated with it. Move the label to another version of the parameter, and try again.`,
      )
    }
    return {
      ...old,
      ...stamp(write),
      value: write.value,
      description: write.description ?? old.description,
      type,
      // Without a key the parameter is encrypted with the account's default again.
      keyId: keyOf(write, type),
      version: old.version + 1,
      tier: tierOf(write, old.tier),
      allowedPattern: write.allowedPattern ?? old.allowedPattern,
      policies: write.policies ?? old.policies,
    }
  }

  return {
    put(write) {
      refuseName(write.name)
      refuseValue(write)
      const old = kept.get(write.name)
      const parameter = old ? change(write, old) : create(write)
      refuseByPattern(parameter)
      kept.set(parameter.name, parameter)
      return parameter
    },
    find: (name) => kept.get(name),
    all: () => [...kept.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    delete: (name) => kept.delete(name),
    clear: () => kept.clear(),
  }
}

const stamp = ({ by }: Write): Pick<Parameter, 'lastModified' | 'lastModifiedBy'> => ({
  lastModified: Date.now() / 1000,
  lastModifiedBy: by,
})

function refuseValue({ value, overwrite, tags }: Write): void {
  // Its own words are not public; that it quotes the value is an assumption that a client must survive.
  if (/\{\{.*\}\}/s.test(value))
    throw new Refused('ValidationException', `Parameter value: ${value} can't nest another parameter. Do not use {{}}.`)
  if (overwrite && tags) {
    throw new Refused(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  }
  if ((tags?.size ?? 0) > MAX_TAGS) throw new Refused('TooManyTagsError', `A parameter has at most ${MAX_TAGS} tags.`)
}

function keyOf({ keyId }: Write, type: ParameterType): string | null {
  if (type !== 'SecureString') {
    if (keyId === undefined) return null
    throw new Refused('ValidationException', 'KeyId is required for SecureString type parameter only.')
  }
  const key = keyId ?? DEFAULT_KEY
  if (!isKmsKey(key)) throw new Refused('InvalidKeyId', `Invalid keyId ${key}`)
  return key
}

/** An advanced parameter costs money and never becomes a standard one again. */
function tierOf({ tier, value }: Write, old: Tier | null): Tier {
  const bytes = Buffer.byteLength(value)
  if (old === 'Advanced' && tier === 'Standard') {
    throw new Refused(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    )
  }
  const needed = tier === 'Intelligent-Tiering' && bytes > MAX_BYTES.Standard ? 'Advanced' : 'Standard'
  const chosen = old === 'Advanced' || tier === 'Advanced' ? 'Advanced' : needed
  if (bytes > MAX_BYTES[chosen]) {
    throw new Refused(
      'ValidationException',
      `${chosen} tier parameters support a maximum parameter value of ${MAX_BYTES[chosen]} characters.${chosen === 'Standard' ? ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html' : ''}`,
    )
  }
  return chosen
}

function refuseByPattern({ name, value, allowedPattern }: Parameter): void {
  if (allowedPattern === null || new RegExp(allowedPattern).test(value)) return
  throw new Refused(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${allowedPattern} (${name})`,
  )
}
