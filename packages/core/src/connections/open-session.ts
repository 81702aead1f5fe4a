import type { ConnectionTable, Selectable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { Account, ConnectionDefinition, Session } from '../destinations/connection.ts'
import { type Credentials, httpFor } from '../destinations/credentials.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { createHttp, type HttpOptions } from '../destinations/shared/http/http.ts'
import { connectionOf } from '../destinations/registry.ts'
import { credentialsIn } from './credentials.ts'
import { findWithKey } from './find.ts'
import { sharedRateLimit } from './shared-rate-limit.ts'

export interface SessionLimits extends Pick<HttpOptions, 'rateLimits'> {
  signal: AbortSignal
  /** Awaited before every request; throws when it may no longer be sent. */
  guard?: () => Promise<void> | void
}

export interface OpenSession {
  definition: ConnectionDefinition
  session: Session<Credentials>
  connection: Selectable<ConnectionTable>
  /** Ends what is still waiting or on the wire. */
  close(): Promise<void>
}

/** Opens a connection for calls to its vendor. Throws `NotFound`. The credentials stay in the session. */
export async function openSession(ctx: Context, connectionId: string, limits: SessionLimits): Promise<OpenSession> {
  const { connection, key } = await findWithKey(ctx, connectionId)
  const definition = connectionOf(connection.app)
  const ended = new AbortController()
  const signal = AbortSignal.any([limits.signal, ended.signal])
  const session = sessionFor(ctx, definition, credentialsIn(key, connection), {
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
  definition: ConnectionDefinition,
  credentials: Credentials,
): Promise<Account> =>
  withTimeout(definition.title, (signal) => definition.check(sessionFor(ctx, definition, credentials, { signal })))

/** Runs `work` with a signal that ends it when a person has waited long enough; that is `unavailable`. */
export async function withTimeout<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted || error instanceof DestinationError) throw error
    throw new DestinationError(
      'unavailable',
      `${title} did not answer within ${CHECK_TIMEOUT_MS / 1000} seconds; try again later`,
      { cause: error },
    )
  }
}

function sessionFor(
  ctx: Context,
  definition: ConnectionDefinition,
  credentials: Credentials,
  limits: SessionLimits & Pick<HttpOptions, 'sharedRateLimit'>,
): Session<Credentials> {
  const http = createHttp({
    ...httpFor(definition, credentials),
    network: ctx.network,
    tracing: ctx.tracing,
    onAnswer: (status) => ctx.metrics.vendorCalled(definition.app, status),
    ...limits,
  })
  return { credentials, http }
}
