/** The second half of the conformance suite: vendors that fail, at every place and at every call. */
import { describe, expect, test } from 'vitest'
import { FAULTS, mayMeet, type NamedFault, secretsOf, throughout, VALUE_MARK } from './conformance-faults.ts'
import { isWriteOf } from './conformance-keys.ts'
import { copied, failureOf, withEmulator, wrongIn } from './conformance-reconciler.ts'
import { DestinationError } from './destination-error.ts'
import type { DestinationDefinition } from './destination.ts'
import type { StartEmulator } from './emulators.ts'

/** Which one it is, is the other cases'. */
const ANY_KIND: Pick<NamedFault, 'kinds'> = {
  kinds: ['auth', 'missing', 'absent', 'conflict', 'rejected', 'throttled', 'unavailable'],
}

export function listsInTrouble(definition: DestinationDefinition, startEmulator: StartEmulator): void {
  describe.concurrent(`destination ${definition.name}, lists in trouble`, () => {
    test.for(FAULTS.filter(({ timeoutMs }) => timeoutMs === undefined))(
      '$name at every list throws instead of looking empty',
      (one) =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          for (const [key, value] of numbered(3)) emulator.put(key, value)
          throughout(emulator, one)
          const error = await failureOf(mine.client({ waitBudgetMs: 300 }).list())
          expect(wrongIn([error], one, secretsOf(definition, emulator))).toEqual([])
        }),
    )

    test.for(FAULTS.filter(({ passes }) => passes))('$name at one list is got over', (one) =>
      withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
        for (const [key, value] of numbered(3)) emulator.put(key, value)
        emulator.fail(1, one.fault(emulator))
        const listed = await mine.client({ timeoutMs: one.timeoutMs }).list()
        expect(listed.map(({ key }) => key).sort()).toEqual([...numbered(3).keys()])
      }),
    )

    test.for([201, 401])('a list of %d keys that breaks at any later page throws', (count) =>
      withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
        for (const [key, value] of numbered(count)) emulator.put(key, value)
        // Fetches what is kept beyond a listing, such as a token.
        await mine.list()
        const before = emulator.log.length
        await mine.list()
        const pages = emulator.log.length - before
        for (let page = 2; page <= pages; page++) {
          emulator.fail(page, { kind: 'status', status: 400 })
          await expect(mine.list()).rejects.toBeInstanceOf(DestinationError)
        }
      }),
    )
  })
}

/** Cases of one destination, or of one way its vendor may behave; `name` says which. */
export function writesInTrouble(
  name: string,
  definition: DestinationDefinition,
  startEmulator: StartEmulator,
  faults: readonly NamedFault[] = FAULTS,
): void {
  describe.concurrent(`${name}, writes in trouble`, () => {
    test.for(faults)('$name at the first write', (one) =>
      withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
        const desired = numbered(3, VALUE_MARK)
        emulator.fail(1, one.fault(emulator, `${VALUE_MARK} 0`), isWriteOf(emulator))
        const { failures } = await mine.converge(desired, { timeoutMs: one.timeoutMs })
        expect(wrongIn(failures, one, secretsOf(definition, emulator))).toEqual([])
        await mine.converge(desired)
        expect(emulator.contents()).toEqual(desired)
        // Nothing was created twice, in whatever way the call failed.
        expect(await copied(mine)).toEqual([])
        expect(await mine.difference(desired)).toEqual([])
      }),
    )

    test.for(faults.filter(({ passes }) => !passes))('$name at every write fails, and says so', (one) =>
      withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
        for (let n = 1; n <= 20; n++) emulator.fail(n, one.fault(emulator, `${VALUE_MARK} 0`), isWriteOf(emulator))
        const { failures } = await mine.converge(numbered(3, VALUE_MARK))
        expect(failures.length).toBeGreaterThan(0)
        expect(wrongIn(failures, one, secretsOf(definition, emulator))).toEqual([])
        expect(emulator.contents()).toEqual(new Map())
      }),
    )

    test.for(faults)('$name at a delete', (one) =>
      withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
        emulator.put(stored('FOREIGN'), 'theirs')
        await mine.converge(numbered(3, VALUE_MARK))
        const [isWrite, meets] = [isWriteOf(emulator), mayMeet(one, emulator)]
        emulator.fail(1, one.fault(emulator), (method, path) => isWrite(method, path) && meets(method, path))
        const { failures } = await mine.converge(new Map(), { timeoutMs: one.timeoutMs })
        expect(wrongIn(failures, one, secretsOf(definition, emulator))).toEqual([])
        await mine.converge(new Map())
        expect(emulator.contents()).toEqual(new Map([[stored('FOREIGN'), 'theirs']]))
      }),
    )

    const lasting = faults.filter(({ name }) =>
      ['400', '401', '503', 'a reset', 'a reset after it was carried out', 'half an answer', 'a page of HTML'].includes(
        name,
      ),
    )
    for (const [where, met] of [
      ['at every call', faults],
      ['from every call on', lasting],
    ] as const) {
      test.for(met)(`$name ${where}, each followed by a second run, ends where it should`, async (one) => {
        const lasts = met === lasting
        const calls = await interrupted(one, Number.POSITIVE_INFINITY, lasts)
        expect(calls).toBeGreaterThan(1)
        await Promise.all(Array.from({ length: calls }, (_, call) => interrupted(one, call + 1, lasts)))
      })
    }
  })

  /**
   * A run of creates, updates and deletes that meets the fault at its `call`-th request, then another. Answers the
   * first one's requests.
   */
  async function interrupted(one: NamedFault, call: number, lasts: boolean): Promise<number> {
    const { fault, timeoutMs } = one
    let calls = 0
    await withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
      emulator.put(stored('FOREIGN'), 'theirs')
      await mine.converge(numbered(5))
      const desired = new Map(numbered(7))
      for (const gone of [stored('KEY_0'), stored('KEY_1')]) desired.delete(gone)
      desired.set(stored('KEY_2'), 'changed').set(stored('KEY_3'), 'changed too')
      const before = emulator.log.length
      if (Number.isFinite(call))
        for (let n = call; n <= (lasts ? call + 60 : call); n++)
          emulator.fail(n, fault(emulator), mayMeet(one, emulator))
      const { failures } = await mine.converge(desired, { timeoutMs })
      expect(wrongIn(failures, ANY_KIND, secretsOf(definition, emulator))).toEqual([])
      calls = emulator.log.length - before
      emulator.heal()
      expect((await mine.converge(desired)).failures).toEqual([])
      expect(emulator.contents()).toEqual(new Map(desired).set(stored('FOREIGN'), 'theirs'))
      expect(await copied(mine)).toEqual([])
      expect(await mine.difference(desired)).toEqual([])
    })
    return calls
  }
}
