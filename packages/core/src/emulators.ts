/** The vendors as servers, for tests, the demo and the bench. */
export type { Emulator, LoggedRequest } from './destinations/shared/emulators/emulator.ts'
export { emulatorOf, emulators, minimumCallsOf, representatives, type StartEmulator } from './destinations/emulators.ts'
export { inFlight, type MinimumCallsOf, type Work } from './destinations/shared/emulators/minimum-calls.ts'
