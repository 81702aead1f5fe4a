import { onPostgres } from '@keyferry/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GUESSABLE, WRITES } from '../src/http/auth-routes.ts'
import { ACCOUNT, readyApi, type TestApi } from '../src/testing.ts'

/** As JSON: among them objects that hide what every object has. */
const WRONG = [
  '{"toString":1,"valueOf":2}',
  '{"hasOwnProperty":1,"constructor":{"prototype":2},"toJSON":3}',
  '{"__proto__":{"toString":1},"then":1}',
  '{"a":[{"toString":null}]}',
  '[]',
  '["x"]',
  'null',
  '1e999',
  '"\\u0000"',
] as const

onPostgres('sign-in, given nonsense', (open) => {
  let api: TestApi
  beforeAll(async () => {
    api = await readyApi(open)
  })
  afterAll(() => api.close())

  async function signIn(): Promise<string> {
    const { headers } = await api.send('POST', '/api/auth/sign-in/email', ACCOUNT, { token: null, address: address() })
    return [headers['set-cookie'] ?? ''].flat()[0]?.split(';', 1)[0] ?? ''
  }
  let addresses = 0
  /** Another one each time, or most would be answered by the limit of tries. */
  const address = () => `10.1.${addresses >> 8}.${addresses++ & 255}`
  const post = (path: string, body: string, cookie: string) =>
    api.send('POST', `/api/auth/${path}`, body, { token: null, headers: { cookie }, address: address() })

  describe.each([...WRITES, ...GUESSABLE])('%s', (path, takes) => {
    const members = Object.keys(takes.shape)
    const bodyWith = (name: string, wrong: string): string =>
      `{${[...members.filter((member) => member !== name).map((member) => `"${member}":"x"`), `"${name}":${wrong}`].join()}}`

    it('refuses it in the documented form, signed in or not', async () => {
      const [shadows] = WRONG
      const bodies: (readonly [body: string, least: number])[] = [
        // Where no field is required, any object is as good as none.
        ...WRONG.map((wrong) => [wrong, members.length === 0 && wrong.startsWith('{') ? 200 : 400] as const),
        ...members.flatMap((name) => WRONG.map((wrong) => [bodyWith(name, wrong), 400] as const)),
        [bodyWith('toString', shadows), 200],
        [bodyWith('__proto__', shadows), 200],
      ]
      for (const cookie of [await signIn(), 'keyferry.session_token=', '']) {
        for (const [body, least] of bodies) {
          const answer = await post(path, body, cookie)
          const seen = `${body} ${answer.status} ${answer.text}`
          expect(answer.status, seen).toBeGreaterThanOrEqual(least)
          expect(answer.status, seen).toBeLessThan(500)
          if (answer.status < 400) continue
          expect(answer.body, seen).toMatchObject({
            reqId: expect.any(String),
            statusCode: answer.status,
            error: expect.any(String),
          })
        }
      }
    })
  })

  it('passes on only the known fields', async () => {
    const cookie = await signIn()
    const user = async () =>
      (await api.send('GET', '/api/auth/get-session', undefined, { token: null, headers: { cookie } })).body.user
    expect((await post('update-user', '{"name":{"toString":1,"valueOf":2}}', cookie)).body).toMatchObject({
      statusCode: 422,
      error: 'ValidationFailure',
      message: [expect.objectContaining({ path: ['name'] })],
    })
    expect((await post('update-user', '{"name":null}', cookie)).status).toBe(422)
    expect((await post('update-user', '{"name":"Ada\\u0000"}', cookie)).status).toBe(422)
    const changed = await post('update-user', '{"name":"Ada L.","image":{"x":1},"twoFactorEnabled":true}', cookie)
    expect(changed.status, changed.text).toBe(200)
    expect(await user()).toMatchObject({ name: 'Ada L.', image: null, twoFactorEnabled: false })
  })
})
