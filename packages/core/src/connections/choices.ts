import { BadRequest, NotFound, type Actor, type Context } from '@keyferry/kernel'
import type { choice } from '@keyferry/schemas'
import type { z } from 'zod'
import { DestinationError, type ChoiceList } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import type { Credentials } from './credentials.ts'
import { refuseOtherApp, findConnection } from './find.ts'
import { noteConnectionProblem } from './health.ts'
import { openSession, withTimeout } from './open-session.ts'

interface Input {
  connectionId: string
  /** One of the destination's `choices`. */
  list: string
  /** Target fields that are known already. */
  known: Record<string, string>
}

/** What an account offers for a field, for a picker. Throws like `listChoiceRows`. */
export async function listChoices(ctx: Context, _actor: Actor, input: Input): Promise<z.output<typeof choice>[]> {
  const { rows, choices } = await ask(ctx, input)
  return rows.map((row) => choices.choice(row))
}

/**
 * The same as the vendor has it. Throws `NotFound` for an unknown list, `BadRequest` when a field it needs is not
 * known yet, and `BadRequest` with the vendor's reason: a failing credential is never an empty list.
 */
export async function listChoiceRows(
  ctx: Context,
  _actor: Actor,
  input: Input & { destination: string },
): Promise<Record<string, unknown>[]> {
  refuseOtherApp(destination(input.destination), await findConnection(ctx, input.connectionId))
  const { rows } = await ask(ctx, input)
  return [...rows]
}

async function ask(ctx: Context, { connectionId, list, known }: Input) {
  const { app, name } = await findConnection(ctx, connectionId)
  const definition = destination(app)
  const lists = new Map<string, ChoiceList<Credentials>>(Object.entries(definition.choices ?? {}))
  const choices = lists.get(list)
  if (!choices) {
    const offered = lists.size === 0 ? 'it offers none' : `known are ${[...lists.keys()].join(', ')}`
    throw new NotFound(`${definition.title} has no list "${list}"; ${offered}`)
  }
  const missing = choices.needs.filter((field) => !Object.hasOwn(known, field) || !known[field])
  if (missing.length > 0) throw new BadRequest(`The list "${list}" needs ${missing.join(' and ')} first`)
  try {
    const rows = await withTimeout(definition, async (signal) => {
      const { session, close } = await openSession(ctx, connectionId, { signal })
      try {
        return await choices.list(session, known)
      } finally {
        await close()
      }
    })
    return { rows, choices }
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error
    if (error.kind === 'auth') await noteConnectionProblem(ctx, connectionId, error.message)
    throw new BadRequest(`Failed to list ${list} with App Connection "${name}": ${error.message}`)
  }
}
