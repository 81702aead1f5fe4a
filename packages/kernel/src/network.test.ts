import { createServer } from 'node:http'
import { isPublic, openedHost } from './private-hosts.ts'
import { expect, test } from 'vitest'
import { agentOf, PlainHttp, PrivateAddress, refuseClosed } from './network.ts'

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
  const refused = (allowPrivate: boolean, url: string) => () => refuseClosed({ allowPrivate }, new URL(url))
  expect(refused(false, 'https://[::ffff:7f00:1]')).toThrow(PrivateAddress)
  expect(refused(false, 'https://[2606:4700:4700::1111]')).not.toThrow()
  expect(refused(false, 'https://localhost')).not.toThrow()
  expect(refused(true, 'http://127.0.0.1')).not.toThrow()
  for (const allowed of [true, false]) {
    expect(refused(allowed, 'http://8.8.8.8')).toThrow(PlainHttp)
    expect(refused(allowed, 'https://8.8.8.8')).not.toThrow()
  }
  expect(refused(false, 'http://api.example.com')).toThrow(PlainHttp)
})

test.each([
  'http://169.254.169.254/latest',
  'http://169.254.170.2',
  'http://[fd00:ec2::254]',
  'http://100.100.100.200',
  'http://168.63.129.16',
  'http://[::ffff:169.254.169.254]',
  'http://[64:ff9b::a9fe:a9fe]',
  'http://[2002:a9fe:a9fe::1]',
  'http://[fe80::1]',
])('%s stays closed whatever is opened', (url) => {
  const opened = ['169.254.0.0/16', 'fd00::/8', '100.64.0.0/10', '168.63.129.16'].flatMap(
    (text) => openedHost(text) ?? [],
  )
  for (const allowPrivate of [true, false, opened])
    expect(() => refuseClosed({ allowPrivate }, new URL(url))).toThrow('never calls')
})

test('a list opens exactly the networks, hosts and ports that it names', () => {
  const list = ['10.1.0.0/16', '192.168.1.5', 'fd12::/16', '127.0.0.1:8443', '[fd99::1]:443']
  const allowPrivate = list.flatMap((text) => openedHost(text) ?? [])
  expect(allowPrivate).toHaveLength(list.length)
  const opens = (url: string): boolean => {
    try {
      refuseClosed({ allowPrivate }, new URL(url))
      return true
    } catch (error) {
      if (error instanceof PrivateAddress) return false
      throw error
    }
  }
  for (const url of [
    'https://10.1.2.3',
    'http://192.168.1.5:9',
    'https://[fd12::7]',
    'http://127.0.0.1:8443',
    'https://[fd99::1]',
  ])
    expect(opens(url), url).toBe(true)
  for (const url of [
    'https://10.2.0.1',
    'http://192.168.1.6',
    'https://[fd13::7]',
    'http://127.0.0.1',
    'https://[fd99::1]:444',
  ])
    expect(opens(url), url).toBe(false)
  for (const text of ['10.0.0.0/99', 'a b', 'host:0', 'host:70000', '[nonsense]', 'http://host', ''])
    expect(openedHost(text), text).toBeNull()
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
  const port = Number(new URL(origin).port)
  const named = agentOf({ allowPrivate: [{ host: 'localhost', port }] })
  expect(await (await named.request(get)).body.text()).toBe('hello')
  const other = agentOf({ allowPrivate: [{ host: 'localhost', port: port + 1 }] })
  await expect(other.request(get)).rejects.toThrow(PrivateAddress)
  await Promise.all([guarded, open, named, other].map((agent) => agent.close()))
  server.close()
})
