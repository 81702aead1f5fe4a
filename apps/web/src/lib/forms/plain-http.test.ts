import { expect, it } from 'vitest'
import { isPlainHttp } from './plain-http.ts'

it('warns of other machines without TLS, not of this one and not of what is no URL', () => {
  for (const url of [
    'http://vault.internal',
    'http://10.0.0.5:8030/x',
    'HTTP://[fd00::1]',
    'http://localhost.evil.example',
  ])
    expect([url, isPlainHttp(url)]).toEqual([url, true])
  for (const url of [
    'https://vault.internal',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:1',
    'http://',
    '',
    null,
  ])
    expect([url, isPlainHttp(url)]).toEqual([url, false])
})
