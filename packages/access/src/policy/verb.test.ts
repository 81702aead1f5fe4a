import { onEveryDatabase } from '@keyferry/db/testing'
import { SYSTEM } from '@keyferry/kernel'
import { testContext } from '@keyferry/kernel/testing'
import * as schemas from '@keyferry/schemas'
import { expect, expectTypeOf, it, test } from 'vitest'
import { z } from 'zod'
import { folder, requirement, SIGNED_IN } from './requirement.ts'
import { defineVerb, perform, type CarriesValue } from './verb.ts'

const input = z.object({ name: z.string() })
const run = () => 'done'

test('a verb without requirements does not compile', () => {
  // @ts-expect-error -- there is no `requires`
  defineVerb({ input, run })
  // @ts-expect-error -- it requires nothing
  defineVerb({ input, requires: () => [], run })
  expect(defineVerb({ input, requires: () => SIGNED_IN, run }).input).toBe(input)
})

test('a verb that takes secret values says which references it writes', () => {
  const requires = (given: { projectId: string; environment: string; secretPath: string }) =>
    [requirement('secrets.write', folder(given))] as const
  // @ts-expect-error -- there is no `references`
  defineVerb({ input: schemas.createSecret, requires, run })
  // @ts-expect-error -- the values are in a list
  defineVerb({ input: schemas.updateSecrets, requires, run })
  // @ts-expect-error -- the values are in a file
  defineVerb({ input: schemas.pasteDotenv, requires, run })
  expectTypeOf<CarriesValue<z.output<typeof schemas.createSecrets>>>().toEqualTypeOf<true>()
  expectTypeOf<CarriesValue<z.output<typeof schemas.updateSecret>>>().toEqualTypeOf<true>()
  expectTypeOf<CarriesValue<z.output<typeof schemas.deleteSecret>>>().toEqualTypeOf<false>()
  expectTypeOf<CarriesValue<z.output<typeof schemas.createSync>>>().toEqualTypeOf<false>()
  expectTypeOf<CarriesValue<undefined>>().toEqualTypeOf<false>()
})

onEveryDatabase('perform', (open) => {
  it('checks before it runs, for every caller', async () => {
    const test = await testContext(open)
    const { ctx } = test
    const verb = defineVerb({
      input,
      requires: () => [requirement('instance.manage', { kind: 'instance' })],
      run: (_ctx, actor, { name }) => `${name} by ${actor.name}`,
    })
    const stranger = { kind: 'user' as const, id: crypto.randomUUID(), name: 'eve' }
    await expect(perform(verb, { ctx, actor: stranger }, { name: 'x' })).rejects.toThrow('not allowed to manage')
    expect(await perform(verb, { ctx, actor: SYSTEM }, { name: 'x' })).toBe('x by Keyferry')
    expect(await perform(verb, { ctx, actor: test.actor }, { name: 'x' })).toBe('x by ada@example.com')
    await test.close()
  })
})
