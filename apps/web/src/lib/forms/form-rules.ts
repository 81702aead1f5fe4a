import { z } from 'zod'
import { isBlank, isShown } from './form-fields.ts'
import type { FormField } from '../server/types.ts'
import { words } from '../words.ts'

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
        message: (choose ? words.formRules.choose : words.formRules.enter)(lowerFirst(field.label)),
      })
    }
  })

const lowerFirst = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? `${label.charAt(0).toLowerCase()}${label.slice(1)}` : label
