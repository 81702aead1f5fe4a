import { getSystemErrorMap } from 'node:util'
import { isKeyferryError } from '@keyferry/client'
import { certificateProblem } from '@keyferry/schemas/certificate-problem'

/** What the exit code says. `docs/cli.md` lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  changes: 2,
  approval: 3,
  usage: 64,
  notExecutable: 126,
  notFound: 127,
  signal: 128,
} as const

/** What is wrong with the command line itself, where the parser can't see it. */
export const usageFailure = (message: string, remedy: string | null = null): Failure =>
  new Failure(message, remedy, EXIT.usage)

/** Ends the command with one line, and one that says what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly remedy: string | null
  readonly exitCode: number

  constructor(message: string, remedy: string | null = null, exitCode: number = EXIT.failed) {
    super(message)
    this.remedy = remedy
    this.exitCode = exitCode
  }
}

export interface Explained {
  message: string
  remedy: string | null
  code: string
  exitCode: number
  issues?: readonly unknown[]
  details?: Readonly<Record<string, unknown>>
}

/** Any thrown thing as words for a person, or as JSON for a script. */
export function explain(thrown: unknown): Explained {
  if (thrown instanceof Failure) {
    const { message, remedy, exitCode } = thrown
    return { message, remedy, code: exitCode === EXIT.usage ? 'Usage' : 'Failed', exitCode }
  }
  if (isKeyferryError(thrown)) {
    const { message, code, status, issues, details } = thrown
    const remedy = certificateProblem(thrown) === null ? remedyOf(code, status) : TRUST
    return { message, code, remedy, exitCode: EXIT.failed, issues, details }
  }
  const failed = { code: 'Failed', exitCode: EXIT.failed }
  if (isSystemError(thrown)) {
    const { path, errno, code } = thrown
    const reason = getSystemErrorMap().get(errno)?.[1] ?? code
    // Of a disk without room the system does not say where.
    if (path === undefined) return { message: `A file can't be written or read: ${reason}`, remedy: ROOM, ...failed }
    return { message: `${path} can't be opened: ${reason}`, remedy: 'Check the path and its rights.', ...failed }
  }
  return { message: thrown instanceof Error ? thrown.message : String(thrown), remedy: null, ...failed }
}

const ROOM = 'Check the free space and the quota of the disks that the command uses.'

/** Of a file that a command reads or writes. */
const isSystemError = (thrown: unknown): thrown is Error & { path?: string; errno: number; code: string } =>
  thrown instanceof Error &&
  'syscall' in thrown &&
  'errno' in thrown &&
  'code' in thrown &&
  ('path' in thrown || WITHOUT_PATH.has(thrown.code))

const WITHOUT_PATH: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

const TRUST =
  'Check the address and its certificate. NODE_EXTRA_CA_CERTS can name a file with the certificate of its authority.'

function remedyOf(code: string, status: number | null): string | null {
  if (code === 'Unreachable') return 'Is the instance running? `keyferry login` or KEYFERRY_URL say where it is.'
  if (status === 401) return 'Sign in again with `keyferry login`, or set KEYFERRY_TOKEN.'
  if (status === 429) return 'Wait a minute and try again.'
  return null
}
