import { afterEach, expect, test } from 'vitest'
import { type EmulatorServer, startEmulatorServer } from './emulator-server.ts'

let server: EmulatorServer | undefined
afterEach(() => server?.close())

test('hands the request over as it came and logs it without its body', async () => {
  server = await startEmulatorServer({
    handle: (request) => ({ status: 201, body: { ...request, headers: undefined, query: request.query.get('a') } }),
  })
  const answer = await fetch(`${server.url}/x%2Fy?a=1`, { method: 'POST', body: 'ä' })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toEqual({ method: 'POST', path: '/x%2Fy', query: '1', text: 'ä' })
  expect(server.log).toEqual([{ at: expect.any(Number), method: 'POST', path: '/x%2Fy?a=1', status: 201, bytes: 2 }])
})

test('a fault meets the n-th matching request only, and heal disarms', async () => {
  let handled = 0
  server = await startEmulatorServer({
    handle: () => {
      handled += 1
      return { status: 200, body: { ok: true } }
    },
  })
  const { url } = server
  server.fail(2, { kind: 'status', status: 503 }, (method) => method === 'GET')
  const statuses = []
  for (const method of ['GET', 'POST', 'GET', 'GET']) statuses.push((await fetch(url, { method })).status)
  expect(statuses).toEqual([200, 200, 503, 200])
  expect(handled).toBe(3)

  server.fail(1, { kind: 'reset' })
  await expect(fetch(url)).rejects.toThrow()
  expect(handled).toBe(3)
  server.fail(1, { kind: 'reset-after' })
  await expect(fetch(url)).rejects.toThrow()
  expect(handled).toBe(4)
  server.fail(1, { kind: 'hang-after' })
  await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow()
  expect(handled).toBe(5)
  server.fail(1, { kind: 'truncated' })
  await expect((await fetch(url)).json()).rejects.toThrow()
  server.fail(1, { kind: 'status', status: 500 })
  server.heal()
  expect((await fetch(url)).status).toBe(200)
})

test('counts what is in flight at the same time', async () => {
  const waiting: (() => void)[] = []
  server = await startEmulatorServer({
    handle: () => new Promise((resolve) => waiting.push(() => resolve({ status: 200, body: {} }))),
  })
  const { url } = server
  const calls = [fetch(url), fetch(url), fetch(url)]
  await expect.poll(() => waiting).toHaveLength(3)
  for (const answer of waiting) answer()
  await Promise.all(calls)
  expect(server.maxInFlight()).toBe(3)
})
