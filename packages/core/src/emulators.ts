/** The vendors as servers, for tests, the demo and the bench. */
export type { Emulator, LoggedRequest } from './destinations/emulator.ts'
export { emulatorOf, emulators, minimumCallsOf, representatives, type StartEmulator } from './destinations/emulators.ts'
export { inFlight, type MinimumCallsOf, type Work } from './destinations/minimum-calls.ts'
