/** What Parameter Store takes as a parameter's name (botocore 1.43.11 `ssm/2014-11-06`, 2026-11-28). */
import { ACCOUNT, REGION } from '../../aws/emulator/principals.ts'
import { Refused } from '../../aws/emulator/refused.ts'

const MAX_ARN = 1011
const MAX_LEVELS = 15

export const arnOf = (name: string): string =>
  `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name.startsWith('/') ? '' : '/'}${name}`

/** Throws what a name is refused with when a parameter is written. */
export function refuseName(name: string): void {
  const parts = name.replace(/^\//, '').split('/')
  const [first = ''] = parts
  if (/^aws/i.test(first)) throw new Refused('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
  if (/^ssm/i.test(first) || !parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part))) {
    throw new Refused(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    )
  }
  if (parts.length > 1 && !name.startsWith('/'))
    throw new Refused('ValidationException', 'Parameter name must be a fully qualified name.')
  if (parts.length > MAX_LEVELS) {
    throw new Refused(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${MAX_LEVELS} levels. For more information, see Requirements and constraints for parameter names.`,
    )
  }
  if (arnOf(name).length > MAX_ARN)
    throw new Refused('ValidationException', `Parameter name: the ARN is longer than ${MAX_ARN} characters.`)
}

/** The names directly below a path, or at any depth. A name without a slash is one of the root. */
export function isBelow(path: string, name: string, { recursive }: { recursive: boolean }): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`
  const full = name.startsWith('/') ? name : `/${name}`
  return full.startsWith(prefix) && (recursive || !full.slice(prefix.length).includes('/'))
}
