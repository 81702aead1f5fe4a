/**
 * Input that is within every limit and made to cost as much as it can: each is answered, shortly, and leaves the
 * instance serving.
 */
import { onSqlite } from '@keyferry/db/testing'
import { vault } from '@keyferry/vault/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { newProject, readyApi, type Answer, type TestApi } from '../src/testing.ts'

/** No text about a failure is longer, whatever failed. */
const MAX_ERROR_BYTES = 8192
const LONG = '_'.repeat(240)
const longName = (n: number): string => `K${String(n).padStart(5, '0')}${LONG}`

// What costs is parsing and references, which are worked out here; the adversarial run has large folders on Postgres.
onSqlite('hostile input', (open) => {
  let api: TestApi
  let at: { projectId: string; environment: string; secretPath: string }
  beforeAll(async () => {
    api = await readyApi(open)
  })
  beforeEach(async () => {
    at = { projectId: (await newProject(api)).id, environment: 'dev', secretPath: '/' }
  })
  afterAll(() => api.close())

  const query = (more: Record<string, string> = {}) => new URLSearchParams({ ...at, ...more }).toString()
  const batch = (values: Record<string, string>): Promise<Answer> =>
    api.send('POST', '/api/v4/secrets/batch', {
      ...at,
      secrets: Object.entries(values).map(([secretKey, secretValue]) => ({ secretKey, secretValue })),
    })
  const write = (key: string, secretValue: string): Promise<Answer> =>
    api.send('POST', `/api/v4/secrets/${key}`, { ...at, secretValue })
  const list = (more: Record<string, string> = {}) => api.send('GET', `/api/v4/secrets?${query(more)}`)
  const expanded = () => list({ expandSecretReferences: 'true', include_imports: 'true' })
  const rows = () => api.send('GET', `/api/v1/secret-rows?${query()}`)
  const paste = (content: string) => api.send('POST', '/api/v1/dotenv', { ...at, dryRun: true, content })
  const chainOf = (from: number, to: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: to - from }, (_, n) => [longName(from + n), `\${${longName(from + n + 1)}}`]),
    )
  function expectShortRefusal({ status, text }: Answer, code: number): void {
    expect(status, text.slice(0, 300)).toBe(code)
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_ERROR_BYTES)
  }

  it('a chain of references is refused where it gets too deep, and a ring by a few of its names', async () => {
    const first = await batch(chainOf(0, 1000))
    expectShortRefusal(first, 400)
    expect(first.body.message).toContain('10 levels deep')
    expect(first.body.details).toMatchObject({ kind: 'too-deep', chain: { length: 10 } })
    // As an older version let them be written.
    await vault(api, at.projectId).tangle('dev:/', { ...chainOf(0, 2999), [longName(2999)]: '' })
    const ring = await api.send('PATCH', `/api/v4/secrets/${longName(2999)}`, {
      ...at,
      secretValue: `\${${longName(0)}}`,
    })
    expectShortRefusal(ring, 400)
    expect(ring.body.message).toContain('Cyclic reference not allowed')
    expect(ring.body.details.chain.length).toBeLessThanOrEqual(10)
    await vault(api, at.projectId).tangle('dev:/', { [longName(2999)]: `\${${longName(0)}}` })
    expectShortRefusal(await expanded(), 400)
    const listed = await rows()
    expect(listed.status).toBe(200)
    expect(listed.body.rows).toHaveLength(3000)
    expect(listed.body.rows[7].problem).toContain('is in a reference cycle: K00007')
    expect(Math.max(...listed.body.rows.map(({ problem }: { problem: string }) => problem.length))).toBeLessThan(1100)
  })

  it('chains are refused as well when a write in the middle, an import, a rename, a move or a restore makes them deeper', async () => {
    const v = vault(api, at.projectId)
    const chain = (name: string, length: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length }, (_, n) => [`${name}${n}`, n === length - 1 ? 'end' : `\${${name}${n + 1}}`]),
      )
    await v.put('dev:/', { ...chain('UP', 7), ...chain('DOWN', 7) })
    const patch = (key: string, body: object) => api.send('PATCH', `/api/v4/secrets/${key}`, { ...at, ...body })
    const middle = await patch('UP6', { secretValue: '${DOWN0}' })
    expectShortRefusal(middle, 400)
    expect(middle.body.message).toContain('UP0 → UP1 → UP2')
    await v.put('dev:/', { UP6: '${IMPORTED}', LATER: '${dev.x.DEEP}' })
    await v.put('dev:/x', { IMPORTED: '${dev.DOWN0}', DEEP: '${dev.DOWN0}' })
    const imports = (body: object) => api.send('POST', '/api/v2/secret-imports', { ...at, path: '/', ...body })
    expectShortRefusal(await imports({ import: { environment: 'dev', path: '/x' } }), 400)
    expectShortRefusal(await patch('DOWN0', { newSecretName: 'IMPORTED' }), 400)
    // Nine levels lead to LATER; its folder comes back with five more below it.
    const folders = await api.send('GET', `/api/v2/folders?projectId=${at.projectId}&environment=dev&path=/`)
    const { id } = folders.body.folders.find(({ name }: { name: string }) => name === 'x')
    await api.send('DELETE', `/api/v2/folders/${id}`, { ...at, path: '/' })
    await v.put('dev:/', { UP6: '${LATER}' })
    const trash = await api.send('GET', `/api/v1/trash?projectId=${at.projectId}&environment=dev`)
    const restored = await api.send('POST', `/api/v1/trash/${trash.body.trash[0].id}/restore`, at)
    expectShortRefusal(restored, 400)
    expect(restored.body.message).toContain('go deeper')
  })

  it('references repeated ten thousand times, doubled ten times over, and leading nowhere are read in no time', async () => {
    const doubling = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`D${n + 1}`, `\${D${n}}`.repeat(10_000)]))
    expect((await batch({ D0: '', E: '${E0}'.repeat(10_000), ...doubling })).status).toBe(200)
    const value = Array.from({ length: 3000 }, (_, n) => `\${N${n}}`).join('')
    expect((await batch(Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`M${n}`, value])))).status).toBe(200)
    expectShortRefusal(await expanded(), 400)
    const listed = await rows()
    expect(listed.status).toBe(200)
    expect(listed.body.rows).toHaveLength(17)
    expect(listed.text.length).toBeLessThan(500_000)
    const tree = await api.send('GET', `/api/v4/secrets/D10/secret-reference-tree?${query()}`)
    expect(tree.status, tree.text.slice(0, 200)).toBe(200)
    expect(tree.body.tree.children).toHaveLength(1)
  })

  it('names the budget when the values of a folder would be larger, and lists their names', async () => {
    const values = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`K${n}`, `\${V}${n}`]))
    expect((await batch({ V: 'x'.repeat(65_000) })).status).toBe(200)
    expect((await batch(values)).status).toBe(200)
    const answer = await expanded()
    expectShortRefusal(answer, 413)
    expect(answer.body.message).toContain('KEYFERRY_MAX_ANSWER_BYTES')
    expect((await rows()).body.rows).toHaveLength(2001)
    expect((await list({ expandSecretReferences: 'false' })).body.secrets).toHaveLength(2001)
  })

  it.each(['\n', '\r', '\u2028'])('a paste of two million characters of %j is answered', async (character) => {
    const answer = await paste(character.repeat(2_000_000 / Buffer.byteLength(character)))
    expect(answer.status, answer.text.slice(0, 200)).toBe(200)
    expect(answer.text.length).toBeLessThan(MAX_ERROR_BYTES)
  })

  it('a body of bytes that are not UTF-8 is refused, and stores nothing', async () => {
    const text = JSON.stringify({ ...at, secretValue: 'gr?n', content: 'PW=gr?n' })
    const payload = Buffer.from(text.replaceAll('?', '\u00FC'), 'latin1')
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${api.token}` }
    for (const url of ['/api/v4/secrets/PW', '/api/v1/dotenv', '/api/trpc/secrets.paste']) {
      const refused = await api.app.inject({ method: 'POST', url, headers, payload })
      expect(refused.statusCode).toBe(400)
      expect(refused.body).toContain('is not text in UTF-8')
    }
    expect((await rows()).body.rows).toEqual([])
  })

  it('names a few of a million invalid lines', async () => {
    const { body, text } = await paste('x\n'.repeat(1_000_000))
    expect(body.refused.at(-1)).toMatchObject({ key: '999000 more' })
    expect(text.length).toBeLessThan(200_000)
  })

  it('says shortly what is wrong with two thousand fields', async () => {
    const secrets = Array.from({ length: 2000 }, () => ({ secretKey: 'x'.repeat(1000), secretValue: 7 }))
    expectShortRefusal(await api.send('POST', '/api/v4/secrets/batch', { ...at, secrets }), 422)
    const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${LONG}${n}`, 1]))
    const odd = await api.send('POST', '/api/v4/secrets/batch', { ...at, secrets: [unknown] })
    expectShortRefusal(odd, 422)
    const taken = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [longName(n), 'x']))
    expect((await batch(taken)).status).toBe(200)
    expectShortRefusal(await batch(taken), 400)
    expectShortRefusal(await write('A'.repeat(3000), 'x'), 422)
    const nowhere = 'x'.repeat(15_000)
    expectShortRefusal(await api.send('GET', `/api/${nowhere}`), 404)
    expectShortRefusal(await api.send('GET', `/api/trpc/${nowhere}`), 414)
  })
})
