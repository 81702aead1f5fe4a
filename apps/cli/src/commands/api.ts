import { Argument, type Command } from 'commander'
import { z } from 'zod'
import { withJson, type Cli } from '../cli.ts'
import { Failure, usageFailure } from '../failure.ts'
import { fieldsOf } from '../arguments/fields.ts'
import { fileText } from '../file-text.ts'
import { headersOf, signedIn } from '../session/session.ts'
import { readSettings } from '../session/settings.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addApi(program: Command, cli: Cli): void {
  withJson(program.command('api'))
    .description('Send any request of the API, as you are signed in, and print the answer')
    .addArgument(new Argument('<method>').choices(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']))
    .argument('<path>', 'such as /api/v1/projects; /api/docs of the instance lists them')
    .argument('[field...]', 'name=text or name:=JSON: of the query for GET, otherwise of the body')
    .option('--input <file>', 'the body instead of fields; - is stdin')
    .action((method: string, path: string, fields: string[], { input }: { input?: string }) =>
      send(cli, { method, path, fields, input }),
    )
}

interface Call {
  method: string
  path: string
  fields: readonly string[]
  input?: string | undefined
}

async function send(cli: Cli, { method, path, fields, input }: Call): Promise<void> {
  const { env, terminal } = cli
  if (!path.startsWith('/')) throw usageFailure(`${path} is no path`, 'It starts with a slash: /api/v1/projects.')
  const { url, credential } = signedIn(env, await readSettings(env))
  const target = new URL(`${url.replace(/\/+$/, '')}${path}`)
  const given = fieldsOf(fields)
  if (method === 'GET')
    for (const [name, value] of Object.entries(given))
      target.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  const body =
    input === undefined
      ? method === 'GET' || fields.length === 0
        ? null
        : JSON.stringify(given)
      : await bodyOf(cli, input)
  const answer = await fetch(target, {
    method,
    redirect: 'error',
    headers: { ...headersOf(credential), ...(body === null ? {} : { 'content-type': 'application/json' }) },
    body,
  }).catch(() => {
    throw new Failure(`No answer from ${target.origin}`, 'Is the instance running?')
  })
  // One JSON value: `application/x-ndjson` has one a line.
  const isJson = /^application\/json\b/.test(answer.headers.get('content-type') ?? '')
  if (answer.ok && !isJson) return await passOn(terminal, answer)
  const text = await answer.text()
  const said: unknown = isJson && text !== '' ? JSON.parse(text) : text
  if (!answer.ok) throw new Failure(`${method} ${path} was answered with ${answer.status}: ${messageOf(said)}`)
  terminal.json(said)
}

/** Prints an answer as it arrives: an export may be long, and a stream of events does not end. */
async function passOn(terminal: Terminal, { body }: Response): Promise<void> {
  if (body === null) return
  for await (const part of body.pipeThrough(new TextDecoderStream())) terminal.exactly(part)
}

const bodyOf = ({ terminal }: Cli, file: string): Promise<string> => (file === '-' ? terminal.input() : fileText(file))

const refusal = z.object({
  message: z.unknown(),
  details: z.object({ summary: z.string().optional() }).optional(),
})

/** What is wrong, in words: the message of fields that break a rule is a list. */
function messageOf(said: unknown): string {
  const read = refusal.safeParse(said)
  if (!read.success) return String(said)
  const { message, details } = read.data
  return details?.summary ?? (typeof message === 'string' ? message : JSON.stringify(message))
}
