import { describe, expect, it } from 'vitest'
import { pageOfConnections } from './page-of-connections.ts'

const CONNECTIONS = Array.from({ length: 100 }, (_, index) => ({
  name: `account-${index}`,
  description: index === 50 ? 'the old one' : null,
  account: index % 2 === 0 ? `Team ${index}` : null,
  title: index % 3 === 0 ? 'Devin' : 'Trigger.dev',
  projectId: index < 10 ? 'a' : index < 20 ? 'b' : null,
  allowedProjects: index < 30 ? null : index < 40 ? ['a'] : index < 50 ? ['b'] : null,
})).toReversed()
type Wanted = Partial<Parameters<typeof pageOfConnections>[1]>
const NAMES = CONNECTIONS.map(({ name }) => name).toSorted()

/** All pages in a row; `between` changes the list before the next one is read. */
function read(wanted: Wanted, between = (all: typeof CONNECTIONS): typeof CONNECTIONS => all): string[] {
  let all = CONNECTIONS
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = pageOfConnections(all, { limit: 30, ...wanted, ...(cursor === undefined ? {} : { cursor }) })
    names.push(...page.connections.map(({ name }) => name))
    cursor = page.nextCursor ?? undefined
    all = between(all)
  } while (cursor !== undefined)
  return names
}

describe('pages of connections', () => {
  it.each([1, 30, 100])('have every connection once, by name, %i on each', (limit) => {
    expect(read({ limit })).toEqual(NAMES)
  })

  it('find a connection wherever it is, by name, provider, account and description', () => {
    const found = (search: string) => pageOfConnections(CONNECTIONS, { search, limit: 2 })
    expect(found('ACCOUNT-99').connections.map(({ name }) => name)).toEqual(['account-99'])
    expect(found('devin').total).toBe(34)
    expect(found('team 42').total).toBe(1)
    expect(found('the old').connections.map(({ name }) => name)).toEqual(['account-50'])
    expect(found(' dev 99 ').connections.map(({ name }) => name)).toEqual(['account-99'])
    expect(found('nobody')).toEqual({ connections: [], total: 0, nextCursor: null })
  })

  it('have only those that a project may use', () => {
    const of = (projectId: string) => read({ projectId }).map((name) => Number(name.slice('account-'.length)))
    const between = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
    const sorted = (numbers: number[]) => numbers.toSorted((a, b) => a - b)
    expect(sorted(of('a'))).toEqual([...between(0, 10), ...between(20, 40), ...between(50, 100)])
    expect(sorted(of('b'))).toEqual([...between(10, 30), ...between(40, 100)])
  })

  it('neither hide nor repeat a connection when one on a page that was read is deleted', () => {
    expect(read({}, (all) => all.filter(({ name }) => name !== NAMES[29]))).toEqual(NAMES)
  })
})
