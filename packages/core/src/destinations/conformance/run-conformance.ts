/** The whole conformance suite for one destination; each folder's `conformance.test.ts` calls it. */
import type { VendorCapability } from './capabilities.ts'
import { FAULTS } from './faults.ts'
import { conformance } from './suite.ts'
import { listsInTrouble, writesInTrouble } from './trouble.ts'
import type { DestinationDefinition } from '../destination.ts'
import type { StartEmulator } from '../emulators.ts'
import type { MinimumCallsOf } from '../shared/emulators/minimum-calls.ts'

export interface EmulatedVendor {
  startEmulator: StartEmulator
  minimumCalls: MinimumCallsOf
  /** With a credential that fetches tokens, where the default one fetches none. */
  startWithTokens?: StartEmulator
  /** Nothing where it has every capability. */
  lacks?: readonly VendorCapability[]
  /** Other ways the vendor may behave, where nobody outside knows which. */
  variants?: ReadonlyMap<string, StartEmulator>
}

/** What a vendor's behaviour decides about: answers that leave open what was done. Refusals read the same. */
const UNCLEAR = FAULTS.filter(
  ({ name }) => ['409', '429', '500'].includes(name) || name.includes('answer') || name.includes('reset'),
)

export function runConformance(definition: DestinationDefinition, vendor: EmulatedVendor): void {
  const { startEmulator, variants = new Map<string, StartEmulator>() } = vendor
  conformance(definition, vendor)
  listsInTrouble(definition, startEmulator)
  writesInTrouble(`destination ${definition.name}`, definition, startEmulator)
  for (const [behaviour, startVariant] of variants) {
    writesInTrouble(`destination ${definition.name} that ${behaviour}`, definition, startVariant, UNCLEAR)
  }
}
