import { conformance } from './conformance.ts'
import { emulators } from './emulators.ts'
import { destination } from './registry.ts'

for (const [name, startEmulator] of await emulators()) conformance(destination(name), startEmulator)
