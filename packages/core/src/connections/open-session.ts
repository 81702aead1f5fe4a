import type { ConnectionTable, Selectable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import {
  DestinationError,
  type Account,
  type DestinationDefinition,
  type Session,
} from '../destinations/destination.ts'
import { createHttp, type HttpOptions } from '../destinations/http.ts'
import { destination } from '../destinations/registry.ts'
import { credentialsIn, type Credentials } from './credentials.ts'
import { findWithKey } from './find.ts'
import { sharedRateLimit } from './shared-rate-limit.ts'

export interface SessionLimits {
  signal: AbortSignal
  /** Awaited before every request; throws when it may no longer be sent. */
  guard?: () => Promise<void> | void
  onCall?: () => void
}

export interface OpenSession {
  definition: DestinationDefinition
  session: Session<Credentials>
  connection: Selectable<ConnectionTable>
  /** Ends what is still waiting or on the wire. */
  close(): Promise<void>
}

/** Opens a connection for calls to its vendor. Throws `NotFound`. The credentials stay in the session. */
export async function openSession(ctx: Context, connectionId: string, limits: SessionLimits): Promise<OpenSession> {
  const { connection, key } = await findWithKey(ctx, connectionId)
  const definition = destination(connection.app)
  const ended = new AbortController()
  const signal = AbortSignal.any([limits.signal, ended.signal])
  const credentials = credentialsIn(key, definition, connection)
  const session = sessionFor(ctx, definition, credentials, {
    ...limits,
    signal,
    sharedRateLimit: sharedRateLimit(ctx, connectionId),
  })
  return {
    definition,
    session,
    connection,
    close() {
      ended.abort(new Error('the session is closed'))
      return Promise.resolve()
    },
  }
}

/** How long a person waits for a check or a picker, milliseconds. */
const CHECK_TIMEOUT_MS = 20_000

/**
 * Asks the vendor whether the credentials work. Throws `DestinationError` saying which of key, right, organization or
 * host is wrong.
 */
export const proveCredentials = (
  ctx: Context,
  definition: DestinationDefinition,
  credentials: Credentials,
): Promise<Account> =>
  withTimeout(definition, (signal) => definition.check(sessionFor(ctx, definition, credentials, { signal })))

/** Runs `work` with a signal that ends it when a person has waited long enough; that is `unavailable`. */
export async function withTimeout<T>(
  definition: DestinationDefinition,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted || error instanceof DestinationError) throw error
    throw new DestinationError(
      'unavailable',
      `${definition.title} did not answer within ${CHECK_TIMEOUT_MS / 1000} seconds; try again later`,
      { cause: error },
    )
  }
}

function sessionFor(
  ctx: Context,
  definition: DestinationDefinition,
  credentials: Credentials,
  limits: SessionLimits & Pick<HttpOptions, 'sharedRateLimit'>,
): Session<Credentials> {
  const http = createHttp({
    baseUrl: definition.baseUrl(credentials),
    headers: definition.authorization(credentials),
    rateLimits: definition.rateLimits,
    network: ctx.network,
    onAnswer: (status) => ctx.metrics.vendorCalled(definition.name, status),
    ...limits,
  })
  return { credentials, http }
}
