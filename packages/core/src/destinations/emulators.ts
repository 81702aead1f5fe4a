/**
 * Finds the emulators the way registry.ts finds destinations. For tests, the demo and the bench: production imports
 * none.
 */
import type { Emulator, EmulatorOptions } from './shared/emulators/emulator.ts'
import type { MinimumCallsOf } from './shared/emulators/minimum-calls.ts'
import { destinationFolders, importFrom } from './destination-folders.ts'

export type StartEmulator = (options?: EmulatorOptions) => Promise<Emulator>

/** By destination. Throws when a folder has none: a destination without an emulator could not be tested. */
export async function emulators(): Promise<ReadonlyMap<string, StartEmulator>> {
  return new Map(
    await Promise.all(destinationFolders().map(async (folder) => [folder, await emulatorOf(folder)] as const)),
  )
}

/**
 * Those that the tests of engine and console run with: the vendors that stand for a kind, as `export const represents`
 * beside `startEmulator` says. Every destination runs the conformance suite.
 */
export async function representatives(): Promise<ReadonlyMap<string, StartEmulator>> {
  const all = await Promise.all(
    destinationFolders().map(async (folder) => [folder, await importFrom(folder, 'emulator/index.ts')] as const),
  )
  return new Map(
    all.flatMap(([folder, exported]) =>
      hasEmulator(exported) && 'represents' in exported ? [[folder, exported.startEmulator]] : [],
    ),
  )
}

/**
 * Other ways `folder`'s vendor may behave, where nobody outside knows which: what it does, in words, and an emulator
 * that does it. From `export const variants` beside `startEmulator`; none where a folder has no such export.
 */
export async function variants(folder: string): Promise<ReadonlyMap<string, StartEmulator>> {
  const exported = await importFrom(folder, 'emulator/index.ts')
  return hasVariants(exported) ? exported.variants : new Map()
}

/** What `folder`'s vendor lacks, so that the conformance suite skips the cases about it. */
export async function lacksOf(folder: string): Promise<readonly unknown[]> {
  const exported = await importFrom(folder, 'emulator/index.ts')
  return hasLacks(exported) ? exported.lacks : []
}

/** The fewest calls that `folder`'s vendor allows. Throws when its emulator does not say. */
export async function minimumCallsOf(folder: string): Promise<MinimumCallsOf> {
  const exported = await importFrom(folder, 'emulator/minimum-calls.ts')
  if (!hasMinimum(exported)) throw new Error(`destinations/${folder}/emulator/minimum-calls.ts exports no minimumCalls`)
  return exported.minimumCalls
}

/** That of one destination; loads no other. Throws when there is none. */
export async function emulatorOf(folder: string): Promise<StartEmulator> {
  const exported = await importFrom(folder, 'emulator/index.ts')
  if (!hasEmulator(exported)) throw new Error(`destinations/${folder}/emulator/index.ts must export startEmulator()`)
  return exported.startEmulator
}

const hasEmulator = (value: unknown): value is { startEmulator: StartEmulator } =>
  value !== null && typeof value === 'object' && 'startEmulator' in value && typeof value.startEmulator === 'function'

const hasVariants = (value: unknown): value is { variants: ReadonlyMap<string, StartEmulator> } =>
  value !== null && typeof value === 'object' && 'variants' in value && value.variants instanceof Map

const hasLacks = (value: unknown): value is { lacks: readonly unknown[] } =>
  value !== null && typeof value === 'object' && 'lacks' in value && Array.isArray(value.lacks)

const hasMinimum = (value: unknown): value is { minimumCalls: MinimumCallsOf } =>
  value !== null && typeof value === 'object' && 'minimumCalls' in value && typeof value.minimumCalls === 'function'
