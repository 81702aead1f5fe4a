/** Values of a form that is made from `formField[]`: its defaults, its rules, and what to send. */
import { z } from 'zod'
import type { FormField } from './types.ts'

export type Values = Record<string, unknown>

export const defaultsOf = (fields: readonly FormField[]): Values =>
  Object.fromEntries(fields.map((field) => [field.name, field.defaultValue ?? (field.kind === 'boolean' ? false : '')]))

export const isShown = (field: FormField, values: Values): boolean =>
  field.showWhen === null || field.showWhen.in.includes(String(values[field.showWhen.field] ?? ''))

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** Only what a form can know: required fields are filled. The destination's own rules are the server's to check. */
export const schemaOf = (fields: readonly FormField[]) =>
  z.record(z.string(), z.unknown()).superRefine((values, ctx) => {
    for (const field of fields) {
      if (!field.required || field.kind === 'boolean' || !isShown(field, values) || !isBlank(values[field.name]))
        continue
      const choose = field.kind === 'select' || field.kind === 'choice'
      ctx.addIssue({
        code: 'custom',
        path: [field.name],
        message: `${choose ? 'Choose' : 'Enter'} ${lowerFirst(field.label)}`,
      })
    }
  })

/** What to send: hidden and empty fields stay away, so the destination's defaults hold. */
export const filled = (fields: readonly FormField[], values: Values): Values =>
  Object.fromEntries(
    fields
      .filter((field) => isShown(field, values) && !isBlank(values[field.name]))
      .map((field) => [field.name, values[field.name]]),
  )

const lowerFirst = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? `${label.charAt(0).toLowerCase()}${label.slice(1)}` : label

/** A value as a summary shows it. */
export function shownValue(field: FormField, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const text = isBlank(value) ? 'Not set' : String(value)
  return field.options.find((option) => option.value === text)?.label ?? text
}
