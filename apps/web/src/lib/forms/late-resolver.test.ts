import { zodResolver } from '@hookform/resolvers/zod'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { lateResolver } from './late-resolver.ts'

const schema = z.object({ email: z.email('no address'), password: z.string() })
const OPTIONS = { fields: {}, shouldUseNativeValidation: false }

it('checks by what is loaded', async () => {
  const check = lateResolver(async () => zodResolver(schema))
  const sent = { email: 'ana@example.com', password: 'x' }
  expect(await check(sent, undefined, OPTIONS)).toEqual({ values: sent, errors: {} })
  expect(await check({ email: 'ana', password: 'x' }, undefined, OPTIONS)).toMatchObject({
    errors: { email: { message: 'no address' } },
  })
})

it('says at the first field that what checks could not be loaded, and checks once it can', async () => {
  let isAway = true
  const check = lateResolver(async () => {
    if (isAway) throw new TypeError('Failed to fetch')
    return zodResolver(schema)
  })
  const sent = { email: 'ana@example.com', password: 'x' }
  expect(await check(sent, undefined, OPTIONS)).toMatchObject({
    values: {},
    errors: { email: { message: expect.stringContaining('The server did not answer') } },
  })
  isAway = false
  expect(await check(sent, undefined, OPTIONS)).toEqual({ values: sent, errors: {} })
})
