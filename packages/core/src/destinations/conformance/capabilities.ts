/**
 * What a vendor may lack. Its emulator declares that, as `export const lacks` beside `startEmulator`; the suite skips
 * the cases about it under its name, and docs/destinations.md shows it.
 */
export type VendorCapability =
  /** A credential fetches tokens, which end: with `startWithTokens` where the default credential fetches none. */
  | 'issued tokens'
  /** Values are handed out key by key (`Client.readValues`). */
  | 'values on request'
