/**
 * The API as the client calls it. In the packed client this file is the same type with every name of the server's
 * written out (`tooling/pack`).
 */
import type { AppRouter } from '@keyferry/api'
import type { ClientOf } from './procedures.ts'

export type KeyferryClient = ClientOf<AppRouter['_def']['record']>
