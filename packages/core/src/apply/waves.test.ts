import { describe, expect, it } from 'vitest'
import type { Write } from '../plan/plan.ts'
import { inWaves } from './waves.ts'

const write = (action: Write['action'], key: string, renamedTo: string | null = null): Write => ({
  key,
  action,
  renamedTo,
  reason: { code: 'new' },
  takesOver: false,
  digest: null,
  remoteIds: [],
  drift: null,
})
const create = (key: string) => write('create', key)
const update = (key: string) => write('update', key)
const gone = (key: string, renamedTo: string | null = null) => write('delete', key, renamedTo)

describe('the waves of a plan', () => {
  it.for<[what: string, room: number, writes: Write[], waves: string[]]>([
    ['with room nothing waits but old names', 1, [create('N'), update('U'), gone('D'), gone('O', 'N')], ['UDN', 'O']],
    ['without a limit', Infinity, [create('N'), gone('D')], ['DN']],
    ['without room deletes come first', 0, [create('N'), update('U'), gone('D')], ['UD', 'N']],
    [
      'as many names as fit',
      2,
      ['A', 'B', 'C'].flatMap((k) => [create(k), gone(k.toLowerCase(), k)]),
      ['AB', 'ab', 'C', 'c'],
    ],
    ['what is new comes after names changed', 1, [create('N'), create('A'), gone('a', 'A')], ['A', 'a', 'N']],
    ['an old name whose new one is there makes room', 0, [create('N'), gone('o', 'KEPT')], ['o', 'N']],
    ['nothing to do', 0, [], []],
  ])('%s', ([, room, writes, waves]) => {
    const sent = inWaves(writes, room).map((wave) => wave.map(({ key }) => key).join(''))
    expect(sent.filter((wave) => wave !== '')).toEqual(waves)
  })
})
