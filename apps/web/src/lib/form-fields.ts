/** Values of a form that is made from `formField[]`: its defaults, and what to send. */
import type { FormField } from './types.ts'

export type Values = Record<string, unknown>

export const defaultsOf = (fields: readonly FormField[]): Values =>
  Object.fromEntries(fields.map((field) => [field.name, field.defaultValue ?? (field.kind === 'boolean' ? false : '')]))

export const isShown = (field: FormField, values: Values): boolean =>
  field.showWhen === null || field.showWhen.in.includes(String(values[field.showWhen.field] ?? ''))

export const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** What to send: hidden and empty fields stay away, so the destination's defaults hold. */
export const filled = (fields: readonly FormField[], values: Values): Values =>
  Object.fromEntries(
    fields
      .filter((field) => isShown(field, values) && !isBlank(values[field.name]))
      .map((field) => [field.name, values[field.name]]),
  )

/** A value as a summary shows it. */
export function shownValue(field: FormField, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const text = isBlank(value) ? 'Not set' : String(value)
  return field.options.find((option) => option.value === text)?.label ?? text
}
