/** What GitLab refuses in a variable, in the words of its models. */
import type { Variable } from './variables.ts'

const MASKABLE = /^[a-zA-Z0-9_+=/@:.~-]{8,}$/
const MASKABLE_RAW = /^\S{8,}$/

/** Messages by field, as under `message` of a 400; empty when it is valid. */
export function violations(next: Variable, before: Variable | null): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  if (!/^[a-zA-Z0-9_]{1,255}$/.test(next.key)) found.key = ["can contain only letters, digits and '_'."]
  if (!/^[\w\-/${}. *]{1,255}$/.test(next.environmentScope)) {
    found.environment_scope = ["can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces"]
  }
  if (next.masked && !(next.raw ? MASKABLE_RAW : MASKABLE).test(next.value)) found.value = ['is invalid']
  if (next.value.includes('\0')) found.value = ['is invalid']
  if (next.description !== null && next.description.length > 255) {
    found.description = ['is too long (maximum is 255 characters)']
  }
  if (before === null && next.hidden && !next.masked) found.masked = ['should be true when variable is hidden']
  if (before?.hidden && !next.masked) {
    found.base = ['The visibility setting cannot be changed for masked and hidden variables.']
  }
  return found
}
