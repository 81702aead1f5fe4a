import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DecryptionError } from './data-key.ts'
import { keyring } from './keyring.ts'

describe('keyring', () => {
  const root = randomBytes(32)

  it('opens a wrapped key again after a restart', () => {
    const wrapped = keyring(root).create('project')
    const sealed = keyring(root).open('project', wrapped).seal('value', 'place')
    expect(keyring(root).open('project', wrapped).open(sealed, 'place')).toBe('value')
  })

  it('refuses another root key, and a key copied from another owner', () => {
    const ring = keyring(root)
    const wrapped = ring.create('project')
    ring.open('project', wrapped)
    expect(() => keyring(randomBytes(32)).open('project', wrapped)).toThrow(DecryptionError)
    expect(() => ring.open('other', wrapped)).toThrow(DecryptionError)
  })

  it('gives every owner a key of its own', () => {
    const ring = keyring(root)
    const [one, two] = [ring.open('one', ring.create('one')), ring.open('two', ring.create('two'))]
    expect(() => two.open(one.seal('value'))).toThrow(DecryptionError)
    expect(one.digest('value')).not.toBe(two.digest('value'))
  })
})
