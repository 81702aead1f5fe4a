import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { agentOf, isPublic, PrivateAddress, refusePrivateLiteral } from './network.ts'

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '240.0.0.1',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'not an address',
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false)
})

test.each(['8.8.8.8', '1.1.1.1', '::ffff:8.8.8.8', '2606:4700:4700::1111'])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true)
})

test('a literal is judged without a lookup, in brackets too', () => {
  expect(() => refusePrivateLiteral({ allowPrivate: false }, '[::ffff:7f00:1]')).toThrow(PrivateAddress)
  expect(() => refusePrivateLiteral({ allowPrivate: false }, '[2606:4700:4700::1111]')).not.toThrow()
  expect(() => refusePrivateLiteral({ allowPrivate: false }, 'localhost')).not.toThrow()
  expect(() => refusePrivateLiteral({ allowPrivate: true }, '127.0.0.1')).not.toThrow()
})

test('a name that resolves to a private address is refused while connecting, before anything is sent', async () => {
  let connections = 0
  const server = createServer((_, response) => response.end('hello')).on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://localhost:${typeof address === 'object' ? address?.port : 0}`
  const get = { origin, path: '/', method: 'GET' } as const

  const guarded = agentOf({ allowPrivate: false })
  await expect(guarded.request(get)).rejects.toThrow(PrivateAddress)
  expect(connections).toBe(0)
  const open = agentOf({ allowPrivate: true })
  expect(await (await open.request(get)).body.text()).toBe('hello')
  await Promise.all([guarded.close(), open.close()])
  server.close()
})
