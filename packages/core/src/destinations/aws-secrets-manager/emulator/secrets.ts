/** What the emulated Secrets Manager keeps: secrets with their versions, as states that every call checks. */
import { randomBytes } from 'node:crypto'
import { ACCOUNT, REGION } from '../../aws/emulator/principals.ts'
import { Refused } from '../../aws/emulator/refused.ts'

export interface Version {
  id: string
  text: string | null
  /** Base64, where the version is binary. */
  binary: string | null
  /** Unix seconds. */
  createdAt: number
  stages: Set<string>
}

export interface Secret {
  name: string
  arn: string
  description: string | null
  /** Null: the account's default key. */
  kmsKeyId: string | null
  tags: Map<string, string>
  /** Oldest first. */
  versions: Version[]
  changedAt: number
  /** Set while it is scheduled for deletion. */
  deletesAt: number | null
  /** The AWS service that manages it, such as `rds`. */
  owningService: string | null
  /** Set on a replica of another region's secret. */
  primaryRegion: string | null
  rotates: boolean
}

const MAX_BYTES = 65_536
/** Versions younger than a day are never cleaned up, so that many writes in a day meet this. */
const MAX_VERSIONS = 100

export function newSecret(name: string, about: Partial<Secret> = {}): Secret {
  const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-${randomBytes(3).toString('hex')}`
  return {
    name,
    arn,
    description: null,
    kmsKeyId: null,
    tags: new Map(),
    versions: [],
    changedAt: now(),
    deletesAt: null,
    owningService: null,
    primaryRegion: null,
    rotates: false,
    ...about,
  }
}

export const now = (): number => Date.now() / 1000

export const currentOf = (secret: Secret): Version | undefined => versionAt(secret, 'AWSCURRENT')

export const versionAt = ({ versions }: Secret, stage: string): Version | undefined =>
  versions.find(({ stages }) => stages.has(stage))

export interface Content {
  text: string | null
  binary: string | null
}

export function refuseContent({ text, binary }: Content): void {
  if (text !== null && binary !== null)
    throw new Refused('InvalidParameterException', "You can't specify both SecretString and SecretBinary.")
  const bytes = text === null ? Buffer.from(binary ?? '', 'base64').length : Buffer.byteLength(text)
  if (bytes > MAX_BYTES) {
    throw new Refused(
      'ValidationException',
      `1 validation error detected: Value '${text ?? ''}' at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BYTES}`,
    )
  }
}

/**
 * Adds a version that becomes AWSCURRENT. A token that is in use with the same content changes nothing, not even which
 * version is the current one; with other content it is refused.
 */
export function addVersion(secret: Secret, id: string, { text, binary }: Content): Version {
  const known = secret.versions.find((version) => version.id === id)
  if (known) {
    if (known.text === text && known.binary === binary) return known
    throw tokenInUse(id, secret)
  }
  if (secret.versions.length >= MAX_VERSIONS)
    throw new Refused('LimitExceededException', 'You have exceeded the maximum number of versions of a secret.')
  const added: Version = { id, text, binary, createdAt: now(), stages: new Set(['AWSCURRENT']) }
  const current = currentOf(secret)
  if (current) {
    versionAt(secret, 'AWSPREVIOUS')?.stages.delete('AWSPREVIOUS')
    current.stages.clear()
    current.stages.add('AWSPREVIOUS')
  }
  secret.versions.push(added)
  secret.changedAt = now()
  return added
}

export const tokenInUse = (token: string, { arn }: Secret): Refused =>
  new Refused(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  )

export const notFound = (): Refused =>
  new Refused('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")

export function refuseScheduled({ deletesAt }: Secret): void {
  if (deletesAt === null) return
  throw new Refused(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  )
}

export function refuseManaged({ owningService, primaryRegion }: Secret): void {
  if (owningService !== null)
    throw new Refused('InvalidRequestException', `You can't modify this secret because ${owningService} manages it.`)
  if (primaryRegion !== null && primaryRegion !== REGION)
    throw new Refused(
      'InvalidRequestException',
      'Operation not permitted on a replica secret. Call must be made in primary secret region.',
    )
}
