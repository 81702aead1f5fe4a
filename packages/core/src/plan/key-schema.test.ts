import { keySchema as keySchemaRule } from '@keyferry/schemas'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keySchema, schemasMeet } from './key-schema.ts'

it('keeps names without a template, and escapes nothing', () => {
  expect(keySchema(undefined, 'dev').name('A&B=<C>')).toBe('A&B=<C>')
  expect(keySchema('{{environment}}_{{secretKey}}_X', 'dev').name('A&B')).toBe('dev_A&B_X')
})

it('covers exactly what it can have made', () => {
  const schema = keySchema('APP_{{secretKey}}_X', 'dev')
  expect(schema.covers('APP_KEY_X')).toBe(true)
  expect(schema.covers('APP_X')).toBe(false)
  expect(schema.covers('APP__X')).toBe(false)
  expect(schema.covers('OTHER_KEY_X')).toBe(false)
  expect(keySchema('a/{{secretKey}}', 'dev').covers('a/b/C')).toBe(false)
  expect(keySchema('a/{{secretKey}}', 'dev').covers('a/C')).toBe(true)
})

it('covers every name it makes', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9_-]{0,8}$/)
  fc.assert(
    fc.property(part, part, fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/), (prefix, suffix, key) => {
      const schema = keySchema(`${prefix}{{secretKey}}${suffix}`, 'dev')
      expect(schema.covers(schema.name(key))).toBe(true)
    }),
    { seed: SEED },
  )
})

it('knows which schemas can meet', () => {
  const meet = (a: string | undefined, b: string | undefined) => schemasMeet(keySchema(a, 'dev'), keySchema(b, 'dev'))
  expect(meet(undefined, undefined)).toBe(true)
  expect(meet(undefined, 'A_{{secretKey}}')).toBe(true)
  expect(meet('A_{{secretKey}}', 'B_{{secretKey}}')).toBe(false)
  expect(meet('A_{{secretKey}}', 'A_B_{{secretKey}}')).toBe(true)
  expect(meet('{{secretKey}}_A', '{{secretKey}}_B')).toBe(false)
})

it('is refused at the door when it breaks its rule', () => {
  for (const bad of [
    '',
    'A',
    '{{secretKey}}{{secretKey}}',
    '{{secretKey}} x',
    '{{secretkey}}',
    'é{{secretKey}}',
    'a'.repeat(300),
  ]) {
    expect(keySchemaRule.safeParse(bad).success, bad).toBe(false)
  }
  for (const good of ['{{secretKey}}', 'A_{{secretKey}}', '{{environment}}/{{secretKey}}-{{environment}}']) {
    expect(keySchemaRule.safeParse(good).success, good).toBe(true)
  }
})
