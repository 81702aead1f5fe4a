import { destination } from '@keyferry/core/destinations'
import { Agent, fetch } from 'undici'

/** Milliseconds that sending `paths` as deletes takes a client with no bound: all at once, every answer awaited. */
export async function rawDeletes(
  name: string,
  credentials: Record<string, string>,
  paths: readonly string[],
): Promise<number> {
  const definition = destination(name)
  const parsed = definition.connection.credentials.parse(credentials)
  const headers = definition.authorization(parsed)
  const base = definition.baseUrl(parsed)
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
