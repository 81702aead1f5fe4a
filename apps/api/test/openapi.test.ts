import { onSqlite } from '@keyferry/db/testing'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { restRoutes } from '../src/rest/procedures.ts'
import { emptyApi, type TestApi } from '../src/testing.ts'

/** What needs no token. */
const OPEN = new Set([
  'instance.status',
  'clients.check',
  'clients.login',
  'clients.organizations',
  'clients.selectOrganization',
  'clients.verifyCode',
  'instance.bootstrap',
  'people.accept',
  'people.openInvitation',
  'jwtAuth.login',
  'kubernetesAuth.login',
  'oidcAuth.login',
  'universalAuth.login',
  'universalAuth.renew',
  'universalAuth.revoke',
])

// The document is made from the procedures: one store is enough.
onSqlite('the OpenAPI document', (open) => {
  let api: TestApi
  let text: string
  // oxlint-disable-next-line no-explicit-any -- read as any client would.
  let document: any
  beforeAll(async () => {
    api = await emptyApi(open)
    const answer = await api.send('GET', '/api/docs/json')
    expect(answer.status, api.logged.join('\n')).toBe(200)
    text = answer.text
    document = answer.body
  })
  afterAll(() => api.close())

  it('has every route, with its parameters, and says which need no token', () => {
    expect(document.openapi).toBe('3.1.0')
    const ids = new Set<string>()
    for (const { route, procedure } of restRoutes) {
      const template = route.path.replaceAll(/:\w+/g, '{}')
      const path = Object.keys(document.paths).find((known) => known.replaceAll(/\{\w+\}/g, '{}') === template) ?? ''
      const operation = document.paths[path]?.[route.method.toLowerCase()]
      expect(operation, `${route.method} ${route.path}`).toBeDefined()
      expect(ids).not.toContain(operation.operationId)
      ids.add(operation.operationId)
      const inPath = operation.parameters.filter((parameter: { in: string }) => parameter.in === 'path')
      expect(inPath.map((parameter: { name: string }) => parameter.name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      )
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '429', '500', '503']))
      expect(operation.description).toContain(`\`${procedure}.`)
      expect(operation.security).toEqual(OPEN.has(procedure) ? [] : undefined)
    }
  })

  it('points nowhere that is not there', () => {
    const pointers = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer]) => pointer ?? '')
    expect(pointers.length).toBeGreaterThan(50)
    for (const pointer of new Set(pointers)) {
      const [, kind = '', name = ''] = /^#\/components\/(schemas|responses)\/(\w+)$/.exec(pointer) ?? []
      expect(document.components[kind]).toHaveProperty(name)
      expect(name).not.toMatch(/^_/)
    }
    expect(text).not.toContain('$defs')
  })

  it('passes the recommended rules of redocly, its examples included', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: {
        'no-invalid-media-type-examples': 'error',
        'no-invalid-parameter-examples': 'error',
        'no-invalid-schema-examples': 'error',
        'operation-description': 'error',
        'info-license-strict': 'error',
        // Infisical's paths: a fixed part wins over a parameter.
        'no-ambiguous-paths': 'off',
      },
    })
    const problems = await lintFromString({ source: text, config })
    expect(problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer }))).toEqual([])
    const withBody = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods as object))
      .filter(({ requestBody }) => requestBody !== undefined)
    expect(withBody.length).toBeGreaterThan(80)
    for (const { requestBody } of withBody) expect(requestBody.content['application/json'].example).toBeDefined()
    for (const { responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods as object)))
      expect(responses['200'].content['application/json'].example).toBeDefined()
  })

  it('describes the body of a sync as it is sent', () => {
    const { requestBody } = document.paths['/api/v1/secret-syncs/{destination}'].post
    const { schema } = requestBody.content['application/json']
    expect(schema.required).toEqual([
      'name',
      'projectId',
      'connectionId',
      'environment',
      'secretPath',
      'syncOptions',
      'destinationConfig',
    ])
    expect(document.paths['/api/v1/secret-syncs/{destination}/{syncId}'].delete.parameters).toContainEqual(
      expect.objectContaining({ name: 'removeSecrets', in: 'query' }),
    )
  })

  it('is readable as a page that loads nothing from elsewhere', async () => {
    const page = await api.send('GET', '/api/docs/')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect(page.text).not.toMatch(/(src|href)="https?:/)
    const script = /src="([^"]+)"/.exec(page.text)?.[1] ?? ''
    expect((await api.send('GET', new URL(script, 'http://localhost/api/docs/').pathname)).status).toBe(200)
  })
})
