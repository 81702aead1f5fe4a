/**
 * What every destination must do, run against its emulator over real sockets. A new folder is covered by being there.
 * The pipeline is not involved: a bare-bones ledger and difference stand in for it, so that a failure here is the
 * client's.
 */
import { describe, expect, test } from 'vitest'
import { FAULTS, HOSTILE, numbered, secretsOf, throughout, VALUE_MARK } from './conformance-faults.ts'
import { copied, failureOf, withEmulator, sessionOf, wrongIn } from './conformance-reconciler.ts'
import { DestinationError } from './destination-error.ts'
import type { DestinationDefinition } from './destination.ts'
import type { Emulator } from './emulator.ts'
import type { StartEmulator } from './emulators.ts'

/** Cases of one destination. Each has an emulator of its own, so that the waits of repeats overlap. */
export function conformance(definition: DestinationDefinition, startEmulator: StartEmulator): void {
  describe.concurrent(`destination ${definition.name}`, () => {
    describe('the account', () => {
      test('the credential of the emulator passes the check', () =>
        withEmulator(definition, startEmulator, async ({ emulator }) => {
          const account = await definition.connection.check(sessionOf(definition, emulator))
          expect(account.label).not.toBe('')
        }))

      test.for(FAULTS.filter(({ timeoutMs }) => timeoutMs === undefined))(
        'a check that meets $name throughout fails in safe words',
        (one) =>
          withEmulator(definition, startEmulator, async ({ emulator }) => {
            throughout(emulator, one)
            const error = await failureOf(
              definition.connection.check(sessionOf(definition, emulator, { waitBudgetMs: 300 })),
            )
            // A destination may distinguish a host that isn't this vendor from a vendor that refuses.
            expect(wrongIn([error], { kinds: [error.kind] }, secretsOf(definition, emulator))).toEqual([])
          }),
      )

      for (const [name, { needs, list, choice }] of Object.entries(definition.choices ?? {})) {
        const known = (emulator: Emulator) =>
          Object.fromEntries(needs.map((field) => [field, String(emulator.target[field] ?? '')]))

        test(`the list ${name} fills a picker`, () =>
          withEmulator(definition, startEmulator, async ({ emulator }) => {
            const rows = await list(sessionOf(definition, emulator), known(emulator))
            const choices = rows.map(choice)
            expect(choices.length).toBeGreaterThan(0)
            expect(new Set(choices.map(({ value }) => value)).size).toBe(choices.length)
          }))

        test.for([401, 403, 500])(`the list ${name} throws on %d instead of looking empty`, (status) =>
          withEmulator(definition, startEmulator, async ({ emulator }) => {
            for (let n = 1; n <= 10; n++) emulator.fail(n, { kind: 'status', status })
            await expect(list(sessionOf(definition, emulator), known(emulator))).rejects.toBeInstanceOf(
              DestinationError,
            )
          }),
        )
      }
    })

    describe('a run', () => {
      test('what was created is listed as it was reported, and needs nothing more', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const desired = numbered(30)
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
          expect(await mine.difference(desired)).toEqual([])
        }))

      test('nothing to change is one look and no write', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          await mine.converge(numbered(30))
          const before = emulator.log.length
          await mine.converge(numbered(30))
          expect(emulator.log.slice(before).map(({ method }) => method)).toEqual(['GET'])
        }))

      test('changing one value touches no other key', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const desired = numbered(30)
          await mine.converge(desired)
          const before = await mine.list()
          desired.set('KEY_7', 'changed')
          expect((await mine.difference(desired)).map(({ key }) => key)).toEqual(['KEY_7'])
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
          const after = await mine.list()
          for (const ids of [before, after]) ids.delete('KEY_7')
          expect(after).toEqual(before)
          expect(await mine.difference(desired)).toEqual([])
        }))

      test('removes what is ours and leaves what is foreign', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          emulator.put('FOREIGN', 'theirs')
          await mine.converge(numbered(5))
          const { failures } = await mine.converge(new Map())
          expect(failures).toEqual([])
          expect(emulator.contents()).toEqual(new Map([['FOREIGN', 'theirs']]))
        }))

      test('removes ours among foreign ones over several pages', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const foreign = new Map(Array.from({ length: 230 }, (_, n) => [`FOREIGN_${n}`, `theirs ${n}`]))
          for (const [key, value] of foreign) {
            if (emulator.contents().size === 115) await mine.converge(numbered(30))
            emulator.put(key, value)
          }
          expect((await mine.converge(new Map())).failures).toEqual([])
          expect(emulator.contents()).toEqual(foreign)
        }))

      test('replaces a foreign value', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          emulator.put('KEY_0', 'theirs')
          await mine.converge(numbered(2))
          expect(emulator.contents()).toEqual(numbered(2))
        }))

      test('a key that vanished before its delete counts as deleted', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          await mine.converge(numbered(25))
          const changes = await mine.difference(new Map())
          for (const key of numbered(24).keys()) emulator.remove(key)
          const before = emulator.log.length
          expect((await mine.apply(changes)).failures).toEqual([])
          expect(emulator.contents()).toEqual(new Map())
          // The deletes, and a list or two to tell "gone" from "forbidden": not one list per key.
          expect(emulator.log.length - before).toBeLessThanOrEqual(25 + 3)
        }))

      test('a key that vanished before its update is there again', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          await mine.converge(numbered(3))
          const desired = new Map(numbered(3)).set('KEY_1', 'changed')
          const changes = await mine.difference(desired)
          emulator.remove('KEY_1')
          await mine.apply(changes)
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
        }))

      test('a key that appeared before its create ends with our value, once', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const changes = await mine.difference(numbered(3))
          emulator.put('KEY_1', 'theirs')
          await mine.apply(changes)
          await mine.converge(numbered(3))
          expect(emulator.contents()).toEqual(numbered(3))
          expect(await copied(mine)).toEqual([])
        }))

      test('the same changes applied twice make no copy', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const changes = await mine.difference(numbered(3))
          await mine.apply(changes)
          await mine.apply(changes)
          await mine.converge(numbered(3))
          expect(emulator.contents()).toEqual(numbered(3))
          expect(await copied(mine)).toEqual([])
        }))

      test('a run that lost its lease sends nothing more', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          await mine.converge(numbered(6))
          const changes = await mine.difference(numbered(6, 'changed'))
          for (const allowed of [0, 1]) {
            let left = allowed
            const before = emulator.log.length
            const guard = () => {
              if (left-- <= 0) throw new Error('the lease is gone')
            }
            await expect(mine.apply(changes, { guard })).rejects.toThrow('the lease is gone')
            expect(emulator.log.length - before).toBe(allowed)
          }
          await mine.converge(numbered(6, 'changed'))
          expect(emulator.contents()).toEqual(numbered(6, 'changed'))
        }))

      test('a vendor that throttles is waited for', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          emulator.setRateLimit({ burst: 4, refill: 4, intervalMs: 100 })
          expect((await mine.converge(numbered(8))).failures).toEqual([])
          emulator.setRateLimit(false)
          expect(emulator.contents()).toEqual(numbered(8))
        }))
    })

    describe('names and values', () => {
      test.for([...HOSTILE].map(([key, value]) => ({ key, value, name: JSON.stringify(key.slice(0, 40)) })))(
        '$name arrives, changes and is deleted as it is, or is refused before any call',
        ({ key, value }) =>
          withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
            const reason = refusalOf(definition, emulator, key, value)
            expect(value.trim().length >= 8 && reason?.includes(value) === true, 'the reason shows the value').toBe(
              false,
            )
            if (reason !== null) return
            for (const desired of [new Map([[key, value]]), new Map([[key, `${value.slice(0, 1_000)}!`]])]) {
              expect((await mine.converge(desired)).failures).toEqual([])
              expect(emulator.contents()).toEqual(desired)
              expect(await mine.difference(desired)).toEqual([])
            }
            await mine.converge(new Map())
            expect(emulator.contents()).toEqual(new Map())
          }),
      )

      test('all that are held at once', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          const held = new Map(
            [...HOSTILE].filter(([key, value]) => refusalOf(definition, emulator, key, value) === null),
          )
          expect(held.size).toBeGreaterThan(15)
          expect((await mine.converge(held)).failures).toEqual([])
          expect(emulator.contents()).toEqual(held)
          expect(await mine.difference(held)).toEqual([])
        }))
    })

    describe('pages', () => {
      test.for([0, 1, 199, 200, 201, 401])('lists all of %d keys', (count) =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          for (const [key, value] of numbered(count)) emulator.put(key, value)
          const listed = await mine.list()
          expect([...listed.keys()].sort()).toEqual([...numbered(count).keys()].sort())
        }),
      )

      test.for([0, 1, 199, 200, 201, 401])('writes %d keys, then needs nothing more', (count) =>
        withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
          expect((await mine.converge(numbered(count))).failures).toEqual([])
          expect(emulator.contents()).toEqual(numbered(count))
          expect(await mine.difference(numbered(count))).toEqual([])
        }),
      )
    })

    test('values that the vendor hands out are those that were written', () =>
      withEmulator(definition, startEmulator, async ({ emulator, mine }) => {
        const { readValues } = mine.client()
        if (!readValues) return
        await mine.converge(new Map([...numbered(3, VALUE_MARK), ['__proto__', 'proto']]))
        emulator.put('KEY_1', 'theirs')
        const keys = [...emulator.contents().keys()]
        const values = await readValues(keys)
        for (const [key, value] of emulator.contents()) expect(values.get(key)).toBe(value)
        for (const one of FAULTS.filter(({ passes }) => !passes)) {
          throughout(emulator, one, VALUE_MARK)
          const error = await failureOf(readValues(keys))
          expect(wrongIn([error], { kinds: [...one.kinds, 'rejected'] }, secretsOf(definition, emulator))).toEqual([])
          emulator.heal()
        }
      }))
  })
}

const refusalOf = (
  { limits, target, options }: DestinationDefinition,
  emulator: Emulator,
  key: string,
  value: string,
): string | null => limits.refuse(key, value, { target: target.parse(emulator.target), options: options.parse({}) })
