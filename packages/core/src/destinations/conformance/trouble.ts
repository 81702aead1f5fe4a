/** The second half of the conformance suite: vendors that fail, at every place and at every call. */
import { describe, expect, test } from 'vitest'
import { FAULTS, mayMeet, type NamedFault, secretsOf, throughout, VALUE_MARK } from './faults.ts'
import { isWriteOf } from './keys.ts'
import { failureOf, NOTHING_LEFT, withEmulator, wrongIn } from './reconciler.ts'
import { DestinationError } from '../destination-error.ts'
import type { DestinationDefinition } from '../destination.ts'
import type { StartEmulator } from '../emulators.ts'

/** What a client can make of a fault, whatever it looked like. */
const meaningOf = ({ kinds, isCarriedOut = false }: NamedFault): string =>
  `trouble that means ${kinds.join(' or ')}${isCarriedOut ? ', after it was carried out,' : ''}`

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
        expect(await mine.remaining(desired)).toEqual(NOTHING_LEFT)
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
      // Those that mean the same take turns: each of them meets a write, a delete and a list in the cases above.
      const meanings = [...Map.groupBy(met, meaningOf)].map(([meaning, turns]) => ({ meaning, turns }))
      test.for(meanings)(
        `$meaning ${where}, each followed by a second run, ends where it should`,
        async ({ turns }) => {
          const calls = await callsOfARun()
          expect(calls).toBeGreaterThan(1)
          const lanes = Array.from({ length: LANES }, (_, lane) =>
            interrupted(turns, { from: lane + 1, to: calls, lasts: met === lasting }),
          )
          await Promise.all(lanes)
        },
      )
    }
  })

  let counted: Promise<number> | undefined
  /** The requests of the run that is interrupted; no fault changes how many they are. */
  const callsOfARun = (): Promise<number> =>
    (counted ??= new Promise((resolve, reject) => {
      withEmulator(definition, startEmulator, async ({ emulator, mine, stored }) => {
        await mine.converge(heldIn(0, stored))
        const before = emulator.log.length
        await mine.converge(heldIn(1, stored))
        resolve(emulator.log.length - before)
      }).catch(reject)
    }))

  /**
   * Runs of creates, updates and deletes that meet one of the faults at a request, each followed by another: at the
   * `from`-th one, and at every `LANES`-th after it.
   */
  const interrupted = (
    turns: readonly NamedFault[],
    { from, to, lasts }: { from: number; to: number; lasts: boolean },
  ): Promise<void> =>
    withEmulator(definition, startEmulator, async ({ emulator, mine, stored }) => {
      const foreign = [stored('FOREIGN'), 'theirs'] as const
      emulator.put(...foreign)
      await mine.converge(heldIn(0, stored))
      let round = 0
      for (let call = from; call <= to; call += LANES) {
        round += 1
        const one = turns[call % turns.length]
        if (!one) throw new Error('No fault to meet')
        const desired = heldIn(round, stored)
        for (let n = call; n <= (lasts ? call + 60 : call); n++)
          emulator.fail(n, one.fault(emulator), mayMeet(one, emulator))
        const { failures } = await mine.converge(desired, { timeoutMs: one.timeoutMs })
        expect(wrongIn(failures, ANY_KIND, secretsOf(definition, emulator))).toEqual([])
        emulator.heal()
        expect((await mine.converge(desired)).failures).toEqual([])
        expect(emulator.contents()).toEqual(new Map(desired).set(...foreign))
        expect(await mine.remaining(desired)).toEqual(NOTHING_LEFT)
      }
    })
}

/** Emulators of one fault: their waits overlap, and each needs a first run of its own. */
const LANES = 4

/**
 * What is held after a round: two keys of the round before are gone, two have another value, one is as it was, and two
 * are new. No name comes back, because some vendors keep it from others for a while.
 */
const heldIn = (round: number, stored: (key: string) => string): Map<string, string> =>
  new Map(
    Array.from({ length: 5 }, (_, at) => {
      const written = at < 2 && round > 0 ? `changed in round ${round}` : `value of KEY_${round * 2 + at}`
      return [stored(`KEY_${round * 2 + at}`), written]
    }),
  )
