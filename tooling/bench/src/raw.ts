import { destination, type Http } from '@keyferry/core/destinations'
import { Agent, fetch } from 'undici'

/** The credential is fixed: no token is fetched for it. */
const noDoor: Http = {
  request: () => Promise.reject(new Error('no token is fetched here')),
  at: () => noDoor,
  expect() {},
  wait: () => Promise.reject(new Error('nothing waits here')),
  calls: 0,
}

/** Milliseconds that sending `paths` as deletes takes a client with no bound: all at once, every answer awaited. */
export async function rawDeletes(
  name: string,
  credentials: Record<string, unknown>,
  paths: readonly string[],
): Promise<number> {
  const { connection } = destination(name)
  const [method = ''] = Object.keys(connection.methods)
  const schema = connection.methods[method]?.credentials
  if (!schema) throw new Error(`${name} has no connection method`)
  const parsed = { ...schema.parse(credentials), method, account: null }
  const base = connection.baseUrl(parsed)
  const authorization = connection.authorization(parsed, noDoor)
  const headers = await authorization.headers({ method: 'DELETE', url: new URL(base), headers: {}, body: '' })
  const dispatcher = new Agent()
  const start = performance.now()
  await Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(base + path, { method: 'DELETE', headers, dispatcher })
      await answer.text()
    }),
  )
  const wall = performance.now() - start
  await dispatcher.close()
  return wall
}
