import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { luckIn, luckyTests } from '../src/lucky-tests.ts'

it.each([
  `expect(answer.text).not.toContain('8317')`,
  `expect([status, text.includes('8317')]).toEqual([403, false])`,
  `expect(file).not.toMatch(/canary|TRAILING|lib/)`,
  `expect(stored).not.toContain("mine-")`,
  `expect(error).toMatchObject({ message: expect.not.stringContaining('beef-0') })`,
  `await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce())`,
])('finds %s', (text) => {
  expect(luckIn('a.ts', text)).toHaveLength(1)
})

it('leaves what no random text contains, what is expected, and waits that are long', () => {
  const text = [
    `expect(file).not.toMatch(/canary|with space|"(ONE|TWO)"|x-.*y/)`,
    `expect(text).not.toContain('"1"')`,
    `expect(text).toContain('lib')`,
    `expect(names.includes('seen')).toBe(true)`,
    `await vi.waitFor(() => read(), { timeout: 60_000 })`,
    `await page.getByRole('heading').waitFor()`,
  ].join('\n')
  expect(luckIn('a.ts', text)).toEqual([])
})

it('there is none in the repository', () => {
  expect(luckyTests(resolve(import.meta.dirname, '../../..'))).toEqual([])
})
