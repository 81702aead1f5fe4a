import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { changedHead, emptyHead, isSumOf, type Counted } from './head-sums.ts'

const secret = (version: number): Counted => ({
  id: randomUUID(),
  version,
  value: `v1.value ${version}`,
  comment: 'v1.comment',
  metadata: 'v1.metadata',
  isLiteral: 0,
  skipMultilineEncoding: 0,
})

it.each(['sum', 'texts', 'values'] as const)(
  'tells contents that had the sum %s before from others, however often they are read',
  async (name) => {
    const secrets = [secret(1), secret(2), secret(3)]
    const [one, two, ...rest] = secrets
    const head = await changedHead(emptyHead(), {}, { secrets })
    const has = (present: readonly (Counted | undefined)[]) =>
      isSumOf(head, name, { secrets: present.filter((row) => row !== undefined) })
    for (let time = 0; time < 2; time += 1) {
      expect(await has(secrets)).toBe(true)
      expect(await has(secrets.toReversed())).toBe(true)
      expect(await has([one, ...rest])).toBe(false)
      expect(await has([one, one, two, ...rest])).toBe(false)
      expect(await has([one && { ...one, version: 4 }, two, ...rest])).toBe(false)
      // Two rows in one, by an id that holds what is covered of both.
      expect(await has([one && { ...one, id: `${one.id}\n${two?.version} ${two?.id}` }, ...rest])).toBe(false)
      expect(await has([])).toBe(false)
    }
  },
)
