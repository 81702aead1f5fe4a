import { expect, it } from 'vitest'
import type { FormField } from '../server/types.ts'
import { changedFrom, filled } from './form-fields.ts'

const field = (name: string, kind: FormField['kind']): FormField => ({
  name,
  kind,
  label: name,
  help: null,
  placeholder: null,
  secret: false,
  required: false,
  defaultValue: null,
  options: [],
  choices: null,
  dependsOn: [],
  showWhen: null,
  labelOf: null,
})

it('a change takes off what was emptied, and a new form leaves it to the default', () => {
  const fields = [field('keyId', 'choice'), field('tags', 'pairs'), field('tier', 'text')]
  const values = { keyId: ' ', tags: [], tier: 'standard' }
  expect(changedFrom(fields, values)).toEqual({ keyId: null, tags: null, tier: 'standard' })
  expect(filled(fields, values)).toEqual({ tier: 'standard' })
})
