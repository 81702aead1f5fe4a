import { Refused } from './refused.ts'

interface Asked {
  size: number
  token: string | undefined
  /** Pages end early and one is empty, each with a token: AWS promises no more than to do its best. */
  isSparse: boolean
  /** The code that a wrong token is refused with. */
  refusal: string
}

/** One page of `found`, sorted by name. The token names its last row, so that changes between pages leave none out. */
export function pageOf<Row extends { name: string }>(
  found: readonly Row[],
  { size, token, isSparse, refusal }: Asked,
): { rows: readonly Row[]; next: { NextToken?: string } } {
  const { after, wasEmpty } = decoded(token, refusal)
  const rest = found.filter((one) => one.name > after)
  if (isSparse && token !== undefined && !wasEmpty && rest.length > 0)
    return { rows: [], next: { NextToken: encoded(after, true) } }
  const rows = rest.slice(0, isSparse ? Math.ceil(size / 2) : size)
  const last = rows.at(-1)
  return { rows, next: last && rest.length > rows.length ? { NextToken: encoded(last.name, false) } : {} }
}

const encoded = (after: string, wasEmpty: boolean): string =>
  Buffer.from(`${wasEmpty ? 'empty' : 'rows'} ${after}`).toString('base64')

function decoded(token: string | undefined, refusal: string): { after: string; wasEmpty: boolean } {
  if (token === undefined) return { after: '', wasEmpty: false }
  const [, kind, after] = /^(empty|rows) (.*)$/.exec(Buffer.from(token, 'base64').toString()) ?? []
  if (after === undefined) throw new Refused(refusal, 'The specified token is not valid.')
  return { after, wasEmpty: kind === 'empty' }
}
