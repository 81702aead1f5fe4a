/** The watchers of a chaos run: each must see what it is there to see. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { representatives, type StartEmulator } from '@keyferry/core/emulators'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openTranscript } from '../src/transcript.ts'
import { filesWith } from '../src/canary.ts'
import { startFaultProxy } from '../src/fault-proxy.ts'
import { random } from '../src/random.ts'

async function fronted() {
  const [start] = (await representatives()).values() as IterableIterator<StartEmulator>
  if (!start) throw new Error('there is no emulator')
  const emulator = await start()
  const proxy = await startFaultProxy(emulator)
  onTestFinished(async () => {
    proxy.close()
    await emulator.close()
  })
  const write = (writer?: string): Promise<Response> =>
    fetch(`${proxy.url}/anything`, {
      method: 'POST',
      headers: writer === undefined ? {} : { 'x-chaos-process': writer },
    })
  /** Both are at the vendor before one is answered. */
  const writeTogether = async (...writers: [string, string]): Promise<void> => {
    const before = proxy.record.writes
    const release = emulator.hold()
    const answers = writers.map(write)
    await expect.poll(() => proxy.record.writes - before).toBe(2)
    release()
    await Promise.all(answers)
  }
  return { emulator, proxy, write, writeTogether }
}

describe('the proxy of a vendor', () => {
  it('sees two processes writing at once, and not one that writes twice at once', async () => {
    const { proxy, writeTogether } = await fronted()
    await writeTogether('1', '1')
    expect(proxy.record.overlaps).toEqual([])
    await writeTogether('1', '2')
    expect(proxy.record).toMatchObject({ overlaps: [expect.stringContaining('beside')], writes: 4, untagged: 0 })
  })

  it('counts writers that do not say who they are', async () => {
    const { proxy, write } = await fronted()
    await write()
    expect(proxy.record.untagged).toBe(1)
  })

  it('sees how long a key was away', async () => {
    const { emulator, proxy, write } = await fronted()
    emulator.put('KEY', 'one')
    await write('1')
    emulator.remove('KEY')
    await write('1')
    emulator.put('KEY', 'two')
    await write('1')
    expect(proxy.record.absences).toEqual([expect.objectContaining({ key: 'KEY' })])
  })

  it('is out of order in every way, and heals', async () => {
    const { emulator, proxy, write } = await fronted()
    proxy.outage('down')
    expect((await write('1')).status).toBe(503)
    proxy.outage('cut')
    await expect(write('1')).rejects.toThrow()
    proxy.outage('cut-after')
    const carriedOut = emulator.log.length
    await expect(write('1')).rejects.toThrow()
    expect(emulator.log).toHaveLength(carriedOut + 1)
    proxy.outage('silent')
    const unanswered = write('1')
    await expect.poll(() => proxy.record.requests).toBe(4)
    proxy.outage(null)
    await expect(unanswered).rejects.toThrow()
    expect((await write('1')).status).toBeGreaterThan(0)
    expect(emulator.log).toHaveLength(carriedOut + 2)
  })
})

it('finds a value in clear, across the edge of two reads too', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'clean'), 'canar')
  await writeFile(join(dir, 'edge'), `${'x'.repeat(1024 * 1024 - 3)}canary`)
  expect(await filesWith(dir, 'canary')).toEqual({ hits: [join(dir, 'edge')], files: 2 })
})

it('takes an unanswered write for possible until the next acknowledged one', () => {
  const transcript = openTranscript()
  transcript.acknowledge('KEY', 'one')
  expect(transcript.allowed('KEY')).toEqual(new Set(['one']))
  let over = false
  transcript.doubt('KEY', 'two', { over: () => over })
  expect(transcript.allowed('KEY')).toEqual(new Set(['one', 'two']))
  expect([transcript.certain('KEY'), transcript.free('KEY')]).toEqual([false, false])
  over = true
  expect([transcript.certain('KEY'), transcript.free('KEY')]).toEqual([false, true])
  transcript.acknowledge('KEY', null)
  expect(transcript.allowed('KEY')).toEqual(new Set([null]))
})

it('makes the same decisions again from the same seed, and others for each part', () => {
  const decide = (seed: number, part: string): number[] => {
    const chance = random(seed, part)
    return Array.from({ length: 5 }, () => chance.below(1_000_000))
  }
  expect(decide(7, 'kills')).toEqual(decide(7, 'kills'))
  expect(decide(7, 'kills')).not.toEqual(decide(7, 'pauses'))
  expect(decide(7, 'kills')).not.toEqual(decide(8, 'kills'))
})
