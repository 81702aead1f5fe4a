import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { onSqlite } from '@keyferry/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { emptyApi, type TestApi } from '../src/testing.ts'

const html = { headers: { accept: 'text/html,*/*' } }

// Files come from no store: one is enough.
onSqlite('the console', (open) => {
  let api: TestApi
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'keyferry-web-'))
    await mkdir(join(dir, 'assets'))
    await writeFile(join(dir, 'index.html'), '<!doctype html><title>Keyferry</title>')
    await writeFile(join(dir, 'assets', 'index-abc.js'), 'export {}')
    await writeFile(join(dir, 'assets', 'index-abc.js.br'), brotliCompressSync('export {}'))
    api = await emptyApi(open, dir)
  })
  afterEach(async () => {
    await api.close()
    await rm(dir, { recursive: true })
  })

  it('is served with its own paths, under a policy that lets nothing else in', async () => {
    for (const path of ['/', '/projects/shop/syncs?open=1', '/apidocs']) {
      const page = await api.send('GET', path, undefined, html)
      expect(page.text).toContain('<title>Keyferry</title>')
      expect(page.headers['content-security-policy']).toMatch(/default-src 'self'.*script-src 'self'/)
      expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
      expect(page.headers['cache-control']).toBe('no-cache')
    }
    const script = await api.send('GET', '/assets/index-abc.js')
    expect(script.headers['cache-control']).toContain('immutable')
  })

  it('hands out the compressed copy to who takes it', async () => {
    const plain = await api.send('GET', '/assets/index-abc.js')
    expect(plain.headers['content-encoding']).toBeUndefined()
    const packed = await api.send('GET', '/assets/index-abc.js', undefined, { headers: { 'accept-encoding': 'br' } })
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': expect.stringContaining('javascript'),
    })
    expect(packed.headers.vary).toContain('accept-encoding')
  })

  it('does not stand in for a missing file or a missing route', async () => {
    expect((await api.send('GET', '/assets/gone.js', undefined, { headers: { accept: '*/*' } })).status).toBe(404)
    expect((await api.send('GET', '/api/v1/nothing', undefined, html)).body).toMatchObject({
      statusCode: 404,
      error: 'NotFound',
    })
    expect((await api.send('POST', '/projects', {})).status).toBe(404)
    expect((await api.send('GET', '/..%2f..%2fpackage.json')).status).toBe(404)
  })
})
