import { expect, test } from 'vitest'
import { z } from 'zod'
import { field } from './destination.ts'
import { formFields, withoutSecrets, type FormField } from './forms.ts'

const plain: Omit<FormField, 'name'> = {
  label: 'X',
  help: null,
  placeholder: null,
  kind: 'text',
  secret: false,
  required: true,
  defaultValue: null,
  options: [],
  choices: null,
  dependsOn: [],
  showWhen: null,
  labelOf: null,
}
const x = field({ label: 'X' })

test.each<[string, z.ZodType, Partial<FormField>]>([
  ['text', z.string().trim().min(1).meta(x), {}],
  [
    'help and placeholder',
    z.string().meta(field({ label: 'X', help: 'h', placeholder: 'p' })),
    { help: 'h', placeholder: 'p' },
  ],
  ['a secret', z.string().meta(field({ label: 'X', secret: true })), { kind: 'password', secret: true }],
  [
    'a URL with a default',
    z.url().max(255).default('https://a.example').meta(x),
    { kind: 'url', required: false, defaultValue: 'https://a.example' },
  ],
  [
    'an enum',
    z.enum(['dev', 'prod']).meta(x),
    {
      kind: 'select',
      options: [
        { value: 'dev', label: 'dev' },
        { value: 'prod', label: 'prod' },
      ],
    },
  ],
  ['a URL behind a trim', z.string().trim().pipe(z.url()).meta(x), { kind: 'url' }],
  ['a boolean', z.boolean().default(true).meta(x), { kind: 'boolean', required: false, defaultValue: true }],
  ['optional text', z.string().meta(x).optional(), { required: false }],
  ['metadata under a default', z.string().meta(x).default('d'), { required: false, defaultValue: 'd' }],
  [
    'a transform',
    z
      .string()
      .meta(x)
      .transform((text) => text.length),
    {},
  ],
  [
    'a picker',
    z.string().meta(field({ label: 'X', choices: 'environments' })),
    { kind: 'choice', choices: 'environments', dependsOn: ['projectRef'] },
  ],
  [
    'a field shown with another',
    z
      .string()
      .optional()
      .meta(field({ label: 'X', showWhen: { field: 'environment', in: ['preview'] } })),
    { required: false, showWhen: { field: 'environment', in: ['preview'] } },
  ],
])('%s', (_, schema, expected) => {
  const choices = { environments: { needs: ['projectRef'] } }
  expect(formFields(z.object({ name: schema }), choices)).toEqual([{ name: 'name', ...plain, ...expected }])
})

test('keeps the order of the schema', () => {
  const schema = z.object({ b: z.string().meta(x), a: z.string().meta(x) })
  expect(formFields(schema).map((one) => one.name)).toEqual(['b', 'a'])
})

test('a field that nobody described stops the start, because it could be a secret', () => {
  expect(() => formFields(z.object({ apiKey: z.string() }))).toThrow('field "apiKey" lacks its field() metadata')
  expect(() => withoutSecrets(z.object({ apiKey: z.string() }), { apiKey: 'k' })).toThrow('lacks its field() metadata')
})

test('a picker that does not exist is an error', () => {
  expect(() => formFields(z.object({ a: z.string().meta(field({ label: 'A', choices: 'nothing' })) }))).toThrow(
    '"nothing"',
  )
})

test('what is shown again leaves every secret and everything unknown out', () => {
  const schema = z.object({
    apiKey: z.string().meta(field({ label: 'K', secret: true })),
    hidden: z
      .string()
      .meta(field({ label: 'H', secret: true }))
      .optional(),
    url: z.string().meta(x),
  })
  expect(withoutSecrets(schema, { apiKey: 'k', hidden: 'h', url: 'u', extra: 'e' })).toEqual({ url: 'u' })
})
