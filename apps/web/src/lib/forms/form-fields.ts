/** Values of a form that is made from `formField[]`: its defaults, and what to send. */
import type { FormField } from '../server/types.ts'

export type Values = Record<string, unknown>

export const defaultsOf = (fields: readonly FormField[]): Values =>
  Object.fromEntries(fields.map((field) => [field.name, field.defaultValue ?? emptyOf(field)]))

function emptyOf({ kind }: FormField): unknown {
  if (kind === 'boolean') return false
  return kind === 'list' || kind === 'pairs' ? [] : ''
}

export const isShown = (field: FormField, values: Values): boolean =>
  field.showWhen === null || field.showWhen.in.includes(String(values[field.showWhen.field] ?? ''))

export const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0)

/** What to send: hidden and empty fields stay away, so the destination's defaults hold. */
export const filled = (fields: readonly FormField[], values: Values): Values =>
  Object.fromEntries(
    fields
      .filter((field) => isShown(field, values) && !isBlank(values[field.name]))
      .map((field) => [field.name, field.kind === 'number' ? Number(values[field.name]) : values[field.name]]),
  )

/** The same in a change of what is stored, where a field that stays away keeps its value: null takes it off. */
export const changedFrom = (fields: readonly FormField[], values: Values): Values => ({
  ...Object.fromEntries(fields.map(({ name }) => [name, null])),
  ...filled(fields, values),
})
