/** What the API server refuses in a secret (1.20.2; the words are its own). */
import type { Fields } from './managed-fields.ts'
import type { Cause } from './status.ts'

/** Bytes of all values together, before base64. */
const MAX_BYTES = 1_048_576

const KEY = /^[-._a-zA-Z0-9]+$/
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const LABEL_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/

/** Keys that a type demands. */
const DEMANDED: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
])

/** Every reason to refuse `after`; none when it is valid. `before`: what the secret held, null for a new one. */
export function causesAgainst(name: string, after: Fields, before: Fields | null): Cause[] {
  const causes: Cause[] = []
  const refuse = (field: string, reason: string, message: string): void => {
    causes.push({ reason, message, field })
  }
  if (!NAME.test(name) || name.length > 253) {
    refuse('metadata.name', 'FieldValueInvalid', `Invalid value: ${JSON.stringify(name)}: ${NAME_RULE}`)
  }
  let bytes = 0
  for (const [field, value] of after) {
    const key = /^data\.(.*)$/s.exec(field)?.[1]
    if (key !== undefined) {
      bytes += Buffer.byteLength(value, 'base64')
      const broken = brokenKeyRule(key)
      if (broken !== null)
        refuse(`data[${key}]`, 'FieldValueInvalid', `Invalid value: ${JSON.stringify(key)}: ${broken}`)
    }
    const label = /^metadata\.labels\.(.*)$/s.exec(field)?.[1]
    if (label !== undefined && (!LABEL_NAME.test(label) || !LABEL_VALUE.test(value) || value.length > 63)) {
      refuse('metadata.labels', 'FieldValueInvalid', `Invalid value: ${JSON.stringify(value)}: ${LABEL_RULE}`)
    }
  }
  if (bytes > MAX_BYTES) {
    refuse('data', 'FieldValueTooLong', `Too long: must have at most ${MAX_BYTES} bytes`)
  }
  for (const key of DEMANDED.get(after.get('type') ?? '') ?? []) {
    if (!after.has(`data.${key}`)) refuse(`data[${key}]`, 'FieldValueRequired', 'Required value')
  }
  if (before) causes.push(...causesAgainstChange(after, before))
  return causes
}

function causesAgainstChange(after: Fields, before: Fields): Cause[] {
  const type = after.get('type')
  const causes: Cause[] = []
  if (type !== before.get('type')) {
    const message = `Invalid value: ${JSON.stringify(type)}: field is immutable`
    causes.push({ reason: 'FieldValueInvalid', message, field: 'type' })
  }
  if (before.get('immutable') !== 'true') return causes
  const forbid = (field: string): void => {
    const message = 'Forbidden: field is immutable when `immutable` is set'
    causes.push({ reason: 'FieldValueForbidden', message, field })
  }
  if (after.get('immutable') !== 'true') forbid('immutable')
  const differs = (field: string): boolean => field.startsWith('data.') && after.get(field) !== before.get(field)
  if ([...after.keys(), ...before.keys()].some(differs)) forbid('data')
  return causes
}

function brokenKeyRule(key: string): string | null {
  if (key.length > 253) return 'must be no more than 253 characters'
  if (!KEY.test(key)) return KEY_RULE
  if (key === '.' || key === '..') return `must not be '${key}'`
  return key.startsWith('..') ? "must not start with '..'" : null
}

const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
const NAME_RULE =
  "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const LABEL_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
