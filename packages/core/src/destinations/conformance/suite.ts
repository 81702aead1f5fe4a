/**
 * What every destination must do, run against its emulator over real sockets. A new folder is covered by being there.
 * The pipeline is not involved: a bare-bones ledger and difference stand in for it, so that a failure here is the
 * client's.
 */
import { describe, expect, test } from 'vitest'
import type { VendorCapability } from './capabilities.ts'
import { FAULTS, HOSTILE, secretsOf, throughout, VALUE_MARK } from './faults.ts'
import { isWriteOf } from './keys.ts'
import { failureOf, NOTHING_LEFT, withEmulator, sessionOf, wrongIn } from './reconciler.ts'
import { DestinationError } from '../destination-error.ts'
import type { DestinationDefinition } from '../destination.ts'
import type { Emulator } from '../shared/emulators/emulator.ts'
import type { EmulatedVendor } from './run-conformance.ts'

/** Cases of one destination. Each has an emulator of its own, so that the waits of repeats overlap. */
export function conformance(
  definition: DestinationDefinition,
  { startEmulator, startWithTokens = startEmulator, minimumCalls, lacks = [] }: EmulatedVendor,
): void {
  /** Cases about a capability, skipped under its name where the vendor lacks it. */
  const describeOf = (capability: VendorCapability, cases: () => void): void =>
    void (lacks.includes(capability) ? describe.skip : describe)(capability, cases)

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

      for (const [name, { needs, list }] of Object.entries(definition.choices ?? {})) {
        const known = ({ target, otherFields }: Emulator) =>
          Object.fromEntries(needs.map((field) => [field, String(target[field] ?? otherFields?.[field])]))

        test(`the list ${name} fills a picker`, () =>
          withEmulator(definition, startEmulator, async ({ emulator }) => {
            const choices = await list(sessionOf(definition, emulator), known(emulator))
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
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          const desired = numbered(30)
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
          expect(await mine.difference(desired)).toEqual([])
        }))

      test('nothing to change is one look and no write', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          const held = numbered(30)
          await mine.converge(held)
          const before = emulator.log.length
          await mine.converge(held)
          const calls = emulator.log.slice(before)
          const { requests } = minimumCalls({ held: held.size, creates: 0, updates: 0, deletes: 0 })
          expect(calls.length).toBeLessThanOrEqual(requests)
          expect(calls.filter(({ method, path }) => isWriteOf(emulator)(method, path))).toEqual([])
        }))

      test('changing one value touches no other key', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          const desired = numbered(30)
          await mine.converge(desired)
          const before = await mine.list()
          desired.set(stored('KEY_7'), 'changed')
          expect((await mine.difference(desired)).map(({ key }) => key)).toEqual([stored('KEY_7')])
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
          const after = await mine.list()
          for (const ids of [before, after]) ids.delete(stored('KEY_7'))
          expect(after).toEqual(before)
          expect(await mine.difference(desired)).toEqual([])
        }))

      test('removes what is ours and leaves what is foreign', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          emulator.put(stored('FOREIGN'), 'theirs')
          await mine.converge(numbered(5))
          const { failures } = await mine.converge(new Map())
          expect(failures).toEqual([])
          expect(emulator.contents()).toEqual(new Map([[stored('FOREIGN'), 'theirs']]))
        }))

      test('removes ours among foreign ones over several pages', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored, fitting }) => {
          const count = fitting(260) - 30
          const foreign = new Map(Array.from({ length: count }, (_, n) => [stored(`FOREIGN_${n}`), `theirs ${n}`]))
          for (const [key, value] of foreign) {
            if (emulator.contents().size === Math.floor(count / 2)) await mine.converge(numbered(30))
            emulator.put(key, value)
          }
          expect((await mine.converge(new Map())).failures).toEqual([])
          expect(emulator.contents()).toEqual(foreign)
        }))

      test('replaces a foreign value', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          emulator.put(stored('KEY_0'), 'theirs')
          await mine.converge(numbered(2))
          expect(emulator.contents()).toEqual(numbered(2))
        }))

      test('a key that vanished before its delete counts as deleted', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          await mine.converge(numbered(25))
          const changes = await mine.difference(new Map())
          for (const key of numbered(24).keys()) emulator.remove(key)
          const before = emulator.log.length
          expect((await mine.apply(changes)).failures).toEqual([])
          expect(emulator.contents()).toEqual(new Map())
          // The deletes, and a listing or two that distinguish "gone" from "forbidden": not one per key.
          const { requests } = minimumCalls({ held: 25, creates: 0, updates: 0, deletes: 25 })
          expect(emulator.log.length - before).toBeLessThanOrEqual(requests + 3)
        }))

      test('a delete that is answered with another success is not done', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          await mine.converge(numbered(3))
          for (let n = 1; n <= 20; n++) emulator.fail(n, { kind: 'status', status: 201, body: '' }, isWriteOf(emulator))
          expect((await mine.converge(new Map())).failures.length).toBeGreaterThan(0)
          emulator.heal()
          await mine.converge(new Map())
          expect(emulator.contents()).toEqual(new Map())
        }))

      test('a key that vanished before its update is there again', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          await mine.converge(numbered(3))
          const desired = numbered(3).set(stored('KEY_1'), 'changed')
          const changes = await mine.difference(desired)
          emulator.remove(stored('KEY_1'))
          await mine.apply(changes)
          await mine.converge(desired)
          expect(emulator.contents()).toEqual(desired)
        }))

      test('a key that appeared before its create ends with our value, once', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          const changes = await mine.difference(numbered(3))
          emulator.put(stored('KEY_1'), 'theirs')
          await mine.apply(changes)
          await mine.converge(numbered(3))
          expect(emulator.contents()).toEqual(numbered(3))
          expect(await mine.remaining(numbered(3))).toEqual(NOTHING_LEFT)
        }))

      test('the same changes applied twice make no copy', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          const changes = await mine.difference(numbered(3))
          await mine.apply(changes)
          await mine.apply(changes)
          await mine.converge(numbered(3))
          expect(emulator.contents()).toEqual(numbered(3))
          expect(await mine.remaining(numbered(3))).toEqual(NOTHING_LEFT)
        }))

      test('what others write between look and write stays', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          emulator.put(stored('FOREIGN'), 'theirs')
          await mine.converge(numbered(4))
          const desired = numbered(4, 'changed')
          desired.delete(stored('KEY_3'))
          const changes = await mine.difference(desired)
          emulator.put(stored('FOREIGN'), 'theirs, changed')
          emulator.put(stored('FOREIGN_NEW'), 'theirs too')
          expect((await mine.apply(changes)).failures).toEqual([])
          const theirs = [
            [stored('FOREIGN'), 'theirs, changed'],
            [stored('FOREIGN_NEW'), 'theirs too'],
          ] as const
          expect(emulator.contents()).toEqual(new Map([...desired, ...theirs]))
        }))

      test('a key that was deleted can be created again, and so can one that others deleted', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          emulator.put(stored('KEY_1'), 'theirs')
          emulator.remove(stored('KEY_1'))
          for (const desired of [numbered(2), new Map<string, string>(), numbered(2, 'again')]) {
            expect((await mine.converge(desired)).failures).toEqual([])
            expect(emulator.contents()).toEqual(desired)
          }
        }))

      test('a target that does not exist is named as that, not as an empty one', () =>
        withEmulator(definition, startEmulator, async ({ emulator }) => {
          const target = definition.target.parse(emulator.missingTarget)
          const client = definition.open(sessionOf(definition, emulator), target, definition.options.parse({}))
          expect(['missing', 'auth', 'rejected', 'unavailable']).toContain((await failureOf(client.list())).kind)
        }))

      test('a replica that is behind costs nobody a value, and makes no copy', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored }) => {
          emulator.put(stored('FOREIGN'), 'theirs')
          await mine.converge(numbered(4))
          await mine.list()
          const release = emulator.staleReads()
          const desired = numbered(5, 'changed')
          desired.delete(stored('KEY_0'))
          await mine.converge(desired)
          emulator.put(stored('FOREIGN'), 'theirs, changed')
          // It shows KEY_0, the former values, and no KEY_4.
          await mine.converge(desired)
          release()
          expect((await mine.converge(desired)).failures).toEqual([])
          expect(emulator.contents()).toEqual(new Map(desired).set(stored('FOREIGN'), 'theirs, changed'))
          expect(await mine.remaining(desired)).toEqual(NOTHING_LEFT)
        }))

      test('a run that lost its lease sends nothing more', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
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
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          emulator.setRateLimit({ burst: 4, refill: 4, intervalMs: 100 })
          expect((await mine.converge(numbered(8))).failures).toEqual([])
          emulator.setRateLimit(false)
          expect(emulator.contents()).toEqual(numbered(8))
        }))
    })

    describe('names and values', () => {
      test.for([...HOSTILE].map(([name, value]) => ({ name, value, shown: JSON.stringify(name.slice(0, 40)) })))(
        '$shown arrives, changes and is deleted as it is, or is refused before any call',
        ({ name, value }) =>
          withEmulator(definition, startEmulator, async ({ emulator, mine, stored, refusal }) => {
            const key = stored(name)
            const reason = refusal(key, value)
            expect(value.trim().length >= 8 && reason?.includes(value) === true, 'the reason shows the value').toBe(
              false,
            )
            expect(reason, 'a refusal has a reason').not.toBe('')
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
        withEmulator(definition, startEmulator, async ({ emulator, mine, hostile }) => {
          const held = hostile()
          expect(held.size).toBeGreaterThan(5)
          expect((await mine.converge(held)).failures).toEqual([])
          expect(emulator.contents()).toEqual(held)
          expect(await mine.difference(held)).toEqual([])
        }))
    })

    describe('pages', () => {
      test.for([0, 1, 199, 200, 201, 401])('lists all of %d keys', (count) =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          for (const [key, value] of numbered(count)) emulator.put(key, value)
          const listed = await mine.list()
          expect([...listed.keys()].sort()).toEqual([...numbered(count).keys()].sort())
        }),
      )

      test.for([0, 1, 201, 401])('writes %d keys, then needs nothing more', (count) =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered }) => {
          expect((await mine.converge(numbered(count))).failures).toEqual([])
          expect(emulator.contents()).toEqual(numbered(count))
          expect(await mine.difference(numbered(count))).toEqual([])
        }),
      )
    })

    describeOf('issued tokens', () => {
      test('that end in the middle of a run are fetched again', () =>
        withEmulator(definition, startWithTokens, async ({ emulator, mine, numbered }) => {
          const changes = await mine.difference(numbered(5))
          if (!emulator.expireTokens) throw new Error('The emulator declares tokens that end, and ends none')
          emulator.expireTokens()
          expect((await mine.apply(changes)).failures).toEqual([])
          expect(emulator.contents()).toEqual(numbered(5))
        }))
    })

    describeOf('values on request', () => {
      test('are those that were written', () =>
        withEmulator(definition, startEmulator, async ({ emulator, mine, numbered, stored, refusal }) => {
          const { readValues } = mine.client()
          if (!readValues) throw new Error('The emulator declares values on request, and the client reads none')
          const desired = numbered(3, VALUE_MARK)
          if (refusal('__proto__', 'proto') === null) desired.set('__proto__', 'proto')
          await mine.converge(desired)
          emulator.put(stored('KEY_1'), 'theirs')
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
  })
}
