import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { signIn } from './sign-in.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => servers.splice(0).map((server) => server.close()))

/** As sign-in answers outside of a test run, where it looks at the origin of every request (better-auth 1.x, 2026-11). */
function strict(): Promise<string> {
  const server = createServer((request, response) => {
    const ours = request.headers.origin === `http://${request.headers.host}`
    response.writeHead(ours ? 200 : 403, {
      'content-type': 'application/json',
      ...(ours ? { 'set-cookie': 'session=abc; Path=/; HttpOnly' } : {}),
    })
    response.end(JSON.stringify(ours ? {} : { message: 'Missing or null Origin' }))
  })
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    })
  })
}

it('says where it comes from, also before there is a cookie', async () => {
  const url = await strict()
  const cookies = await signIn(url, { email: 'ada@example.com', password: 'a password' }, () => '')
  expect(cookies).toBe('session=abc')
})
