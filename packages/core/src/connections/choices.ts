import { BadRequest, NotFound, type Actor, type Context } from '@keyferry/kernel'
import type { choice } from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import type { Credentials } from '../destinations/credentials.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import type { Choice, ChoiceList, DestinationDefinition } from '../destinations/destination.ts'
import { formFields } from '../destinations/forms.ts'
import { connectionOf, destinationsOf } from '../destinations/registry.ts'
import { allowedOf } from './allowed.ts'
import { refuseOtherApp, findConnection } from './find.ts'
import { notingRefusal } from './health.ts'
import { openSession, withTimeout } from './open-session.ts'

type Row = Awaited<ReturnType<typeof findConnection>>

interface Input {
  connectionId: string
  /** Left out: the one whose connection it is. */
  destination?: string
  /** One of the destination's `choices`. */
  list: string
  /** Target fields that are known already. */
  known: Record<string, string>
}

/** What an account offers for a field, for a picker. Throws like `listChoiceRows`. */
export async function listChoices(ctx: Context, _actor: Actor, input: Input): Promise<z.output<typeof choice>[]> {
  return (await ask(ctx, input)).map(({ row: _, ...shown }) => shown)
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
  return (await ask(ctx, input)).map(({ row }) => row)
}

async function ask(ctx: Context, input: Input): Promise<readonly Choice[]> {
  const { connectionId, list, known } = input
  const row = await findConnection(ctx, connectionId)
  const definition = destinationFor(row, input)
  const lists = new Map<string, ChoiceList<Credentials>>(Object.entries(definition.choices ?? {}))
  const choices = lists.get(list)
  if (!choices) {
    const offered = lists.size === 0 ? 'it offers none' : `known are ${[...lists.keys()].join(', ')}`
    throw new NotFound(`${definition.title} has no list "${list}"; ${offered}`)
  }
  const missing = choices.needs.filter((field) => !Object.hasOwn(known, field) || !known[field])
  if (missing.length > 0) throw new BadRequest(`The list "${list}" needs ${missing.join(' and ')} first`)
  try {
    const found = await withTimeout(definition.title, async (signal) => {
      const limits = { signal, rateLimits: definition.rateLimits }
      const { session, connection, close } = await openSession(ctx, connectionId, limits)
      try {
        return await notingRefusal(ctx, connection, () => choices.list(session, known))
      } finally {
        await close()
      }
    })
    return allowedChoices(ctx, row, definition, input, found)
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error
    throw new BadRequest(`Failed to list ${list} with App Connection "${row.name}": ${error.message}`)
  }
}

/**
 * Of a connection that is limited to some targets, those that lead to one of them; everything to those who set the
 * limits.
 */
function allowedChoices(
  { caller }: Pick<Context, 'caller'>,
  connection: Row,
  definition: DestinationDefinition,
  { list, known }: Input,
  found: readonly Choice[],
): readonly Choice[] {
  const { allowedTargets } = allowedOf(connection)
  if (!allowedTargets || !caller || allows(caller.access, 'connections.manage', { kind: 'organization' })) return found
  const picked = formFields(definition.target, definition.choices).filter(({ choices }) => choices === list)
  return found.filter(({ value }) =>
    allowedTargets.some((target) =>
      Object.entries(target).every(([field, allowed]) =>
        picked.some(({ name }) => name === field) ? allowed === value : (known[field] ?? allowed) === allowed,
      ),
    ),
  )
}

/** The one that is meant, or the first with such a list. Throws `BadRequest` when its connections are others. */
function destinationFor(row: Row, { destination: name, list }: Input): DestinationDefinition {
  if (name !== undefined) refuseOtherApp(connectionOf(name), row)
  const all = destinationsOf(row.app)
  const found =
    all.find((one) => one.name === name) ?? all.find(({ choices }) => Object.hasOwn(choices ?? {}, list)) ?? all[0]
  if (found) return found
  throw new NotFound(`No destination uses connections of "${row.app}"`)
}
