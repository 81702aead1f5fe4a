/**
 * The typed client that other services install. It knows the API by its type only, so it brings no server along.
 *
 * ```ts
 * const keyferry = createKeyferryClient({ url: 'http://127.0.0.1:4400', token: process.env.KEYFERRY_TOKEN })
 * const projects = await keyferry.projects.list.query()
 * ```
 *
 * Failures are `KeyferryApiError`s.
 */
import type { KeyferryClient } from './api.ts'
import type { InputsOf, OutputsOf } from './procedures.ts'

export type { KeyferryClient } from './api.ts'
export type { TokenSource } from './bearer.ts'
export { createKeyferryClient, type ClientOptions } from './client.ts'
export { isKeyferryError, KeyferryApiError, type FieldIssue } from './error.ts'
export { machineToken, type MachineSignIn } from './machine-token.ts'
export type { CallOptions, FeedOptions, Mutation, Query, Subscription } from './procedures.ts'

/** Inputs by procedure: `Inputs['secrets']['create']`. */
export type Inputs = InputsOf<KeyferryClient>
/** What comes out, by procedure. */
export type Outputs = OutputsOf<KeyferryClient>
