/** Sends a client's recorded calls to a started server, in their order, and reads the answers as the client does. */
import { isDeepStrictEqual } from 'node:util'
import type { Call, Client } from './corpus.ts'
import { FOLDER, OWN } from './folder.ts'
import { merged } from './merge.ts'

type Variables = Record<string, string>

/** What is wrong with each call's answer, by what the call does; null where the client gets what it needs. */
export async function replay(
  client: Client,
  url: string,
  fixture: Variables,
): Promise<[call: Call, problem: string | null][]> {
  const variables = { ...fixture }
  const results: [Call, string | null][] = []
  for (const call of client.calls) results.push([call, await problemOf(client, call, url, variables)])
  return results
}

async function problemOf(client: Client, call: Call, url: string, variables: Variables): Promise<string | null> {
  const request = requestOf(client, call, variables)
  if (typeof request === 'string') return request
  const answer = await fetch(url + request.path, request)
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream')
  const body = isStream ? await firstEvent(answer) : parsed(await answer.text())
  if (answer.status !== call.status) return `answers ${answer.status}: ${JSON.stringify(body)?.slice(0, 300)}`
  for (const [name, path] of Object.entries(call.keeps)) {
    const header = path.startsWith('header.') ? answer.headers.get(path.slice('header.'.length)) : undefined
    variables[name] = String(header === undefined ? found(body, path)[0] : header)
  }
  for (const [path, wanted] of Object.entries(call.reads)) {
    const values = found(body, path)
    const expected = typeof wanted === 'string' ? filled(wanted, variables) : wanted
    if (!values.some((value) => (expected === '*' ? (value ?? null) !== null : value === expected)))
      return `${path} is ${JSON.stringify(values)}, the client needs ${expected}`
  }
  for (const [name, wanted] of Object.entries(call.readsHeaders)) {
    const value = answer.headers.get(name)
    if (wanted === '*' ? value === null : value !== filled(wanted, variables))
      return `the header ${name} is ${value}, the client needs ${filled(wanted, variables)}`
  }
  if (!call.gives) return null
  if (!client.imports) return 'the corpus does not say how the client merges imports'
  const values = merged(body, client.imports)
  return isDeepStrictEqual(values, call.gives === 'own' ? OWN : FOLDER)
    ? null
    : `the client ends with ${JSON.stringify(values)}`
}

/** The request, or which variable it lacks because an earlier call failed. */
function requestOf(client: Client, call: Call, variables: Variables): (RequestInit & { path: string }) | string {
  const [head = '', body] = call.sends.trimEnd().split(/\n\n/, 2)
  const [line = '', ...lines] = head.split('\n')
  const [method = '', path = ''] = line.split(' ')
  const missing = unfilled([path, body ?? '', ...lines].join('\n'), variables)
  if (missing !== undefined) return `lacks ${missing} of a call before`
  const headers = new Headers()
  for (const [name, value] of [...Object.entries(client.headers), ...lines.map(headerOf)])
    if (unfilled(value, variables) === undefined) headers.set(name, filled(value, variables))
  return {
    method,
    path: filled(path, variables),
    headers,
    ...(body === undefined ? {} : { body: Buffer.from(filled(body, variables)) }),
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  }
}

const headerOf = (line: string): [name: string, value: string] => {
  const at = line.indexOf(':')
  return [line.slice(0, at), line.slice(at + 1).trim()]
}

const VARIABLE = /\{\{(\w+)\}\}/g
const filled = (text: string, variables: Variables): string =>
  text.replaceAll(VARIABLE, (_, name: string) => variables[name] ?? '')
const unfilled = (text: string, variables: Variables): string | undefined =>
  [...text.matchAll(VARIABLE)].map(([, name = '']) => name).find((name) => !Object.hasOwn(variables, name))

/** Every value at `path`. */
function found(body: unknown, path: string): unknown[] {
  let values = [body]
  for (const name of path.split('.'))
    values = values
      .filter((value) => value !== null && typeof value === 'object')
      .flatMap((value) => (name === '*' ? Object.values(value) : [new Map(Object.entries(value)).get(name)]))
  return values
}

/** The fields of the first message of a stream, which is closed then. */
async function firstEvent(answer: Response): Promise<Record<string, string>> {
  let text = ''
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (text.includes('\n\n')) break
  }
  return Object.fromEntries(text.split('\n\n', 1)[0]!.split('\n').map(headerOf))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
