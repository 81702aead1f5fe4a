import { escapeReferences } from '@keyferry/schemas/literal-text'
import { describe, expect, it } from 'vitest'
import { mapReferences, partsOf, referencesIn } from './references.ts'

describe('references', () => {
  it('cuts a value at its references and loses nothing', () => {
    const values = [
      '',
      'plain',
      '${A}',
      'x${A}y${dev.b.C}z',
      '${A}${A}',
      '${${A}}',
      '${A',
      '${FOO:-x}',
      '${}',
      '${ A }',
      '${é}',
      '\n${A}\n',
    ]
    for (const value of values) {
      const parts = [...partsOf(value)]
      expect(parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')).toBe(value)
    }
  })

  it.each([
    ['${KEY}', { kind: 'local', key: 'KEY' }],
    ['${a-b_c@1}', { kind: 'local', key: 'a-b_c@1' }],
    ['${dev.KEY}', { kind: 'absolute', environment: 'dev', path: '/', key: 'KEY' }],
    ['${dev.api.v2.KEY}', { kind: 'absolute', environment: 'dev', path: '/api/v2', key: 'KEY' }],
    ['${__proto__}', { kind: 'local', key: '__proto__' }],
    ['${@shop.dev.KEY}', { kind: 'unsupported', problem: expect.stringContaining('cross-project') }],
    ['${.KEY}', { kind: 'unsupported' }],
    ['${dev.}', { kind: 'unsupported' }],
    ['${.}', { kind: 'unsupported' }],
    [`\${${'a.'.repeat(30_000)}KEY}`, { kind: 'unsupported' }],
  ])('reads %s', (text, expected) => {
    expect(referencesIn(`a ${text} b ${text}`)).toMatchObject([{ text, ...expected }])
  })

  it('takes one with a $ before it for text, which any text can be written as', () => {
    expect(referencesIn('$${A} $$${dev.B} ${C}')).toMatchObject([{ text: '${C}' }])
    expect([...partsOf('$${A} $$${dev.B} ${C}$${D}')]).toMatchObject(['${A} $${dev.B} ', { text: '${C}' }, '${D}'])
    for (const text of [
      '',
      '$',
      '$$',
      '${A}',
      '$${A}',
      '$$$${A}${B}$',
      '${${A}}',
      '${X:-${A}}',
      '$$x',
      '${A',
      '\\${A}',
    ])
      expect([...partsOf(escapeReferences(text))].join('')).toBe(text)
    expect(mapReferences('$${A} ${A}$$${A} ${FOO:-x}', () => '${B.C}')).toBe('$${A} ${B.C}$$${A} ${FOO:-x}')
  })

  it.each(['${FOO:-bar}', '${}', '${', '}', '$KEY', '${A B}', '${A', '$ {A}', '${A\n}'])(
    'takes %j for text',
    (text) => {
      expect(referencesIn(text)).toEqual([])
    },
  )
})
