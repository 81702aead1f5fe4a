import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { readyApi, type TestApi } from '@keyferry/api/testing'
import { onSqlite } from '@keyferry/db/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createKeyferryClient, type KeyferryClient } from './index.ts'

/** For a busy machine; nothing waits longer than it must. */
const TIMEOUT = { timeout: 60_000 }

// What it calls is tested on both databases, over REST and over tRPC.
onSqlite('the typed client', (open) => {
  let api: TestApi
  let url: string
  let client: KeyferryClient
  beforeEach(async () => {
    api = await readyApi(open)
    url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    client = createKeyferryClient({ url, token: api.token })
  })
  afterEach(() => api.close())

  it('calls what REST calls', async () => {
    const project = await client.projects.create.mutate({ name: 'Shop' })
    const place = { projectId: project.id, environment: 'dev' }
    await Promise.all(['A', 'B'].map((key) => client.secrets.create.mutate({ ...place, key, value: key })))
    const { secrets } = await client.secrets.list.query(place)
    expect(secrets.map((secret) => secret.key).sort()).toEqual(['A', 'B'])
  })

  it('distinguishes failures', async () => {
    await expect(client.projects.get.query({ projectId: randomUUID() })).rejects.toMatchObject({
      code: 'NotFound',
      status: 404,
    })
    await expect(client.projects.create.mutate({ name: '' })).rejects.toMatchObject({
      message: expect.stringContaining('Project name must not be empty'),
      status: 422,
      issues: [expect.objectContaining({ path: ['name'] })],
    })
    await expect(createKeyferryClient({ url, token: 'wrong' }).projects.list.query()).rejects.toMatchObject({
      message: 'Token is not valid',
      status: 401,
    })
  })

  it('does not coerce: text is no boolean and no number', async () => {
    const input = encodeURIComponent(JSON.stringify({ projectId: randomUUID(), environment: 'dev', recursive: 'true' }))
    // REST coerces the same field of the same schema; that must not leak over.
    await api.send('GET', `/api/v1/folders?projectId=${randomUUID()}&environment=dev&recursive=true`)
    const { body } = await api.send('GET', `/api/trpc/folders.list?input=${input}`)
    expect(body.error.data).toMatchObject({ status: 422, issues: [expect.objectContaining({ path: ['recursive'] })] })
  })

  it('hears what happens in its project, and in no other', async () => {
    const project = await client.projects.create.mutate({ name: 'Shop' })
    const other = await client.projects.create.mutate({ name: 'Other' })
    const heard: unknown[] = []
    const opened = vi.fn()
    const subscription = client.syncs.events.subscribe(
      { projectId: project.id },
      { onStarted: opened, onData: ({ data }) => heard.push(data) },
    )
    await vi.waitFor(() => expect(opened).toHaveBeenCalled(), TIMEOUT)
    const write = (projectId: string, key: string) =>
      client.secrets.create.mutate({ projectId, environment: 'dev', key, value: 'x' })
    // It listens before it says so: nothing from here on is missed.
    await write(other.id, 'ELSEWHERE')
    await write(project.id, 'HERE')
    await vi.waitFor(() => expect(heard).not.toEqual([]), TIMEOUT)
    subscription.unsubscribe()
    expect(heard).toEqual(heard.map(() => expect.objectContaining({ kind: 'secrets', projectId: project.id })))
  })

  it('does not keep the server from closing', async () => {
    const opened = vi.fn()
    const subscription = client.syncs.events.subscribe({ projectId: randomUUID() }, { onStarted: opened })
    await vi.waitFor(() => expect(opened).toHaveBeenCalled(), TIMEOUT)
    await api.app.close()
    subscription.unsubscribe()
    await expect(fetch(url)).rejects.toThrow()
  })

  it('is answered by a server that closes meanwhile', async () => {
    const arrived = once(api.app.server, 'request')
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const writer = body.writable.getWriter()
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' }
    const asked = fetch(`${url}/api/v1/projects`, { method: 'POST', headers, body: body.readable, duplex: 'half' })
    await writer.write(Buffer.from('{"projectName":'))
    await arrived
    const closed = api.app.close()
    await setImmediate()
    await writer.write(Buffer.from('"Shop"}'))
    await writer.close()
    expect((await asked).status).toBe(200)
    await closed
  })

  it('hears why there is no room for another feed', async () => {
    const failed = vi.fn()
    const feeds = Array.from({ length: 21 }, () =>
      client.syncs.events.subscribe({ projectId: randomUUID() }, { onError: failed }),
    )
    await vi.waitFor(() => expect(failed).toHaveBeenCalled(), TIMEOUT)
    expect(failed.mock.calls).toEqual([
      [expect.objectContaining({ status: 429, message: expect.stringContaining('20 live event streams') })],
    ])
    for (const feed of feeds) feed.unsubscribe()
  })

  it('is refused a feed without a token', async () => {
    const failed = vi.fn()
    const subscription = createKeyferryClient({ url, token: 'wrong' }).syncs.events.subscribe(
      { projectId: randomUUID() },
      { onError: failed },
    )
    await vi.waitFor(
      () =>
        expect(failed).toHaveBeenCalledWith(expect.objectContaining({ message: 'Token is not valid', status: 401 })),
      TIMEOUT,
    )
    subscription.unsubscribe()
  })
})
