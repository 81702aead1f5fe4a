/**
 * What Infisical's clients send and read, one file for each client: facts taken from their source. A call that is not
 * served yet is marked `open` with the reason, and the test fails as soon as it is served.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { MERGES } from './merge.ts'

const texts = z.record(z.string(), z.string())

const call = z.strictObject({
  does: z.string(),
  /** The request as it is sent: method and path, headers, an empty line, the body. `{{name}}` is a variable. */
  sends: z.string(),
  status: z.number().default(200),
  /** Fields of the answer that the client uses, by path; `*` stands for any element, or for any value but null. */
  reads: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  readsHeaders: texts.default({}),
  /** Variables for the calls after it; `header.etag` is a header. */
  keeps: texts.default({}),
  /** The client ends with every value of the folder, or with the folder's own. */
  gives: z.enum(['folder', 'own']).optional(),
  /** Why it is not served. */
  open: z.string().optional(),
})

const client = z.strictObject({
  client: z.string(),
  /** What was read, with its version. */
  read: z.string(),
  /** A client that makes the same calls: it works as that one does. */
  like: z.string().optional(),
  /** How it makes one map of a folder's own secrets and the blocks of `imports`. */
  imports: z.enum(MERGES).optional(),
  note: z.string().optional(),
  /** Features of Infisical that Keyferry does not have. */
  outside: z.string().optional(),
  /** Why it does not work whatever is served. */
  unusable: z.string().optional(),
  headers: texts.default({}),
  calls: z.array(call).default([]),
})

export type Call = z.output<typeof call>
export type Client = z.output<typeof client> & { file: string }

/** Every client, by the name of its file. */
export function readCorpus(): Client[] {
  const folder = new URL('corpus/', import.meta.url)
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({
      file: name.replace(/\.yaml$/, ''),
      ...client.parse(parse(readFileSync(new URL(name, folder), 'utf8'))),
    }))
}
