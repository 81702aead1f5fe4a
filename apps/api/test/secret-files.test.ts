/** Secrets as files over REST: `.env` files in, and files of three formats out. */
import { onSqlite } from '@keyferry/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onSqlite('files of secrets', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
  })
  beforeEach(async () => {
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const ok = async (...request: Parameters<TestApi['send']>) => {
    const answer = await api.send(...request)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }

  it('takes in a .env file', async () => {
    const paste = (dryRun: boolean) =>
      ok('POST', '/api/v1/dotenv', { projectId, environment: 'dev', content: 'A=1\nB="two words" # note\n', dryRun })
    expect(await paste(true)).toMatchObject({ added: ['A', 'B'], changed: [], unchanged: [] })
    expect((await ok('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)).secrets).toEqual([])
    await paste(false)
    expect(await paste(false)).toMatchObject({ added: [], unchanged: ['A', 'B'] })
    const chosen = { projectId, environment: 'dev', content: 'A=2\nB=3\nC=4\n', keys: ['C', 'B'], showValues: true }
    const { lines } = await ok('POST', '/api/v1/dotenv', { ...chosen, dryRun: true })
    expect(lines.map(({ key, value }: Record<string, string>) => [key, value])).toEqual([
      ['B', '3'],
      ['C', '4'],
    ])
    expect(await ok('POST', '/api/v1/dotenv', chosen)).toMatchObject({ added: ['C'], changed: ['B'], unchanged: [] })
    const left = await ok('GET', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)
    expect(left.secret.secretValue).toBe('1')

    // Only what a preview showed is overwritten.
    const later = { projectId, environment: 'dev', content: 'B=5\nC=4\nD=6\n' }
    const shown = await ok('POST', '/api/v1/dotenv', { ...later, dryRun: true })
    const ifVersions = Object.fromEntries(shown.lines.map(({ key, version }: Record<string, string>) => [key, version]))
    expect(ifVersions).toEqual({ B: 2, C: 1, D: 0 })
    await ok('POST', '/api/v1/dotenv', { ...later, content: 'C=7\n' })
    const late = await api.send('POST', '/api/v1/dotenv', { ...later, ifVersions })
    expect([late.status, late.body.message]).toEqual([409, 'Changed since the preview: C. Review the changes again.'])
    await ok('POST', '/api/v1/dotenv', { ...later, ifVersions: { ...ifVersions, C: 2 } })
  })

  it('exports a folder as files that are read back to the same bytes', async () => {
    const at = { projectId, environment: 'dev' }
    const values: Record<string, string> = {
      BLANK: '',
      HASH: 'a #b',
      JSON_DOC: '{"a": "b\\n"}',
      LITERAL: '$HOME `id` $(id)',
      PEM: '-----BEGIN X-----\nabc=\n-----END X-----\n',
      QUOTES: 'say "so"',
      SPACES: '  x ',
      UNICODE: 'é😀\u2028\u0085',
      URL: 'postgres://u:p@h/d?x=1#y',
    }
    const secrets = Object.entries(values).map(([secretKey, secretValue]) => ({ secretKey, secretValue }))
    await ok('POST', '/api/v4/secrets/batch', { ...at, secrets })
    await ok('POST', '/api/v4/secrets/REF', { ...at, secretValue: ['at-$', '{HASH}'].join('') })
    const own = { ...values, REF: 'at-a #b' }
    const exported = (more: object) => ok('POST', '/api/v1/secret-export', { ...at, ...more })

    const file = await exported({ format: 'dotenv' })
    expect(file).toMatchObject({ fileName: 'dev.env', count: 10 })
    await ok('POST', '/api/v1/dotenv', { projectId, environment: 'staging', content: file.content })
    const back = await ok('GET', `/api/v4/secrets?projectId=${projectId}&environment=staging`)
    const read = back.secrets.map((each: { secretKey: string; secretValue: string }) => [
      each.secretKey,
      each.secretValue,
    ])
    expect(Object.fromEntries(read)).toEqual(own)
    expect(JSON.parse((await exported({ format: 'json' })).content)).toEqual(own)
    expect(parseYaml((await exported({ format: 'yaml', keys: ['PEM'] })).content)).toEqual({ PEM: values.PEM })
    const [row] = (await ok('GET', `/api/v1/audit?projectId=${projectId}&action=secret.export`)).entries
    expect(row).toMatchObject({ details: { environment: 'dev', format: 'yaml', count: 1, keys: ['PEM'] } })

    await ok('POST', '/api/v4/secrets/CRLF', { ...at, secretValue: 'a\r\nb' })
    const refused = await api.send('POST', '/api/v1/secret-export', { ...at, format: 'dotenv' })
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("can't represent CRLF exactly") },
    })
    expect(JSON.parse((await exported({ format: 'json' })).content)).toEqual({ ...own, CRLF: 'a\r\nb' })
    expect((await api.send('POST', '/api/v1/secret-export', { ...at, keys: ['NONE'] })).status).toBe(400)
  })
})
