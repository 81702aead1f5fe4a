/**
 * A verb: an input, what it requires, and what it does. `perform` is the one way to call one for somebody: tRPC, REST
 * and the admin commands go through it, so nothing is done that was not checked. A sync's run is checked for its owner
 * by `authorize`, as calls are.
 */
import { endMissing, type ToEnd } from '@keyferry/db'
import { NotFound, referencesIn, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { SECRET_VALUE, SecretValue } from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { holdAccess, readAccess } from '../grants/grants.ts'
import { authorize } from './authorize.ts'
import { folder, requirement, type Requirement, type Requirements } from './requirement.ts'

/** What a verb gets beside its input. */
export interface Call {
  ctx: Context
  actor: Actor
}

/** Values on their way into a project, which may hold references. */
interface Written {
  projectId: string
  values: readonly (SecretValue | undefined)[]
}

type Schema = z.ZodType | null
export type InputOf<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined

/** Whether a secret's value is anywhere in an input. */
export type CarriesValue<T> = [NonNullable<T>] extends [never]
  ? false
  : typeof SECRET_VALUE extends keyof NonNullable<T>
    ? true
    : T extends readonly (infer Item)[]
      ? CarriesValue<Item>
      : T extends object
        ? true extends { [Field in keyof T]: CarriesValue<T[Field]> }[keyof T]
          ? true
          : false
        : false

type Definition<S extends Schema, O, C extends Call> = {
  input: S
  /** What the caller must be allowed to. `ctx.db` is read for nothing but to find out where things are. */
  requires: (input: InputOf<S>, call: { ctx: Context; access: Access }) => Requirements | Promise<Requirements>
  run: (ctx: Context, actor: Actor, input: InputOf<S>, call: C & { access: Access }) => O | Promise<O>
  /**
   * The row that it ends. Where there is none, it may have been taken out of the database, to be put back later: it
   * ends all the same if this process has read it.
   */
  ends?: (input: InputOf<S>, ctx: Context) => ToEnd | Promise<ToEnd>
} & (CarriesValue<InputOf<S>> extends true
  ? {
      /** The values that it writes: writing a reference requires read access to the referenced secret. */
      references: (input: InputOf<S>) => Written
    }
  : { references?: never })

export interface Verb<S extends Schema, O, C extends Call = Call> {
  input: S
  /** Everything that a call with this input needs, the values' references included. */
  requirements(input: InputOf<S>, call: { ctx: Context; access: Access }): Promise<readonly Requirement[]>
  run(ctx: Context, actor: Actor, input: InputOf<S>, call: C & { access: Access }): O | Promise<O>
  ends?(input: InputOf<S>, ctx: Context): ToEnd | Promise<ToEnd>
}

/** For verbs that get more than a context and an actor, such as those of signing in. */
export const verbsWith =
  <C extends Call>() =>
  <S extends Schema, O>({ input, requires, references, run, ends }: Definition<S, O, C>): Verb<S, O, C> => ({
    input,
    requirements: async (given, call) => [
      ...(await requires(given, call)),
      ...(references ? readingReferences(references(given), call.access) : []),
    ],
    run,
    ...(ends ? { ends } : {}),
  })

export const defineVerb = verbsWith<Call>()

/**
 * Checks what the verb requires, then runs it. A writer checks again inside its transaction, under its locks: what
 * moved meanwhile is judged by where it is then (`Context.caller`). Throws `NotFound` and `Forbidden`.
 */
export async function perform<S extends Schema, O, C extends Call>(
  verb: Verb<S, O, C>,
  call: C,
  input: InputOf<S>,
): Promise<O> {
  try {
    return await checkAndRun(verb, call, input)
  } catch (error) {
    const { db, authority } = call.ctx
    if (error instanceof NotFound && verb.ends) await endMissing(db, authority, await verb.ends(input, call.ctx))
    throw error
  }
}

async function checkAndRun<S extends Schema, O, C extends Call>(
  verb: Verb<S, O, C>,
  call: C,
  input: InputOf<S>,
): Promise<O> {
  const { ctx, actor } = call
  const access = await readAccess(ctx.db, actor)
  await authorize(ctx.db, access, await verb.requirements(input, { ctx, access }))
  const verify = async (tx: Tx): Promise<void> => {
    const now = await holdAccess(tx, actor)
    if (now.instanceAdmin && !now.cappedBy) return
    await authorize(tx, now, await verb.requirements(input, { ctx, access: now }))
  }
  return verb.run({ ...ctx, caller: { access, verify } }, actor, input, { ...call, access })
}

function readingReferences({ projectId, values }: Written, access: Access): Requirement[] {
  if (allows(access, 'secrets.read-values', { kind: 'project', projectId })) return []
  // Each place once: a request can hold hundreds of thousands of references.
  const places = new Map<string, Requirement>()
  for (const value of values) {
    for (const reference of referencesIn(value ?? '')) {
      if (reference.kind !== 'absolute') continue
      const { environment, path } = reference
      const place = `${environment}:${path}`
      if (!places.has(place))
        places.set(place, requirement('secrets.read-values', folder({ projectId, environment, path })))
    }
  }
  return [...places.values()]
}
