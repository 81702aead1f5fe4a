/**
 * How a procedure looks over REST: the metadata that the adapter and the OpenAPI document are made from. Path
 * parameters are named as the fields of the procedure's input.
 */
import type { Verb } from '@keyferry/access'
import type { z } from 'zod'
import type { RequestCall } from '../trpc/procedures.ts'
import type { WireInput, WireOutput } from '../wire/wire.ts'

/** `Output`: of its procedure. */
export interface Route<Output = never> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With `:parameter`s, from the root: `/api/v1/projects/:projectId`. */
  path: string
  /** The key the answer is wrapped in; left out, the answer is the output itself. */
  envelope?: string
  /** A sentence that Infisical puts beside the answer. */
  message?: string
  /** Puts the project's id beside the answer, under the name Infisical uses there. */
  workspace?: true
  /** Where the document puts the input; of a DELETE the adapter takes both. Default: `query` for GET, else `body`. */
  input?: 'query' | 'body'
  /** What stands in for fields that were not sent, where one version of a route differs from another. */
  defaults?: (sent: Readonly<Record<string, unknown>>) => Record<string, unknown>
  /** Answers carry an `ETag`, and a reader who has the present one gets 304. */
  conditional?: true
  /** Takes a body in `application/x-www-form-urlencoded` too. */
  form?: true
  /** The field of the input that takes every query parameter the input does not know. */
  rest?: string
  /** What it reads, where its clients know the procedure's input by other names. */
  reads?: WireInput
  /** What it answers, where that isn't the procedure's output itself. */
  answers?: WireOutput<Output>
}

/**
 * What a call takes much of: reading and unsealing the store, or waiting for a vendor. `secrets`: reading secrets, of
 * which few are many; one that reads many is a call of the store. `change`: each waits for the store's place of a
 * writer, so that many at once keep everybody else from the store.
 */
export type Weight = 'store' | 'vendor' | 'secrets' | 'change'

export interface Meta {
  /** What it does, in one sentence: the OpenAPI summary. */
  summary: string
  routes: readonly Route[]
  /** Group in the document. */
  tag: string
  /** Tries per minute and address, where something could be guessed. */
  perMinute?: number
  /**
   * Wrong credentials per minute and address, where they are too long to be guessed: right ones are always let through.
   */
  wrongPerMinute?: number
  /** Set where a call can be large or slow: then only a few run at a time. Default for a mutation: `change`. */
  weight?: Weight
  /** Compressed where it is large: nothing in it is secret. Compressed, a secret shows in the length of the answer. */
  isCompressed?: true
  /** What it mounts; set by `query`, `mutation`, `subscription` and `anyone`, never by hand. */
  verb?: Verb<z.ZodType | null, unknown, RequestCall> | 'anyone'
}
