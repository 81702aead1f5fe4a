import { labelOf } from '@keyferry/schemas/audit'
import type { ReactNode } from 'react'
import { exactTime } from '../../lib/display/time.ts'
import type { AuditEntry } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** All that is kept of one entry. Names and ids: a value is never in the log. */
export function EntryDetails({ entry }: { entry: AuditEntry }) {
  const { seq, at, actor, address, action, details, hash } = entry
  return (
    <div className="mt-2 grid gap-3 rounded-md border border-line bg-sunken/60 p-3 text-sm">
      <dl className="grid gap-x-6 gap-y-0.5 sm:gap-y-1.5 sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact name={words.entryDetails.entry}>{seq}</Fact>
        <Fact name={words.entryDetails.when}>{exactTime(at)}</Fact>
        <Fact name={words.entryDetails.what}>
          {labelOf(action)} <span className="font-mono text-xs text-soft">{action}</span>
        </Fact>
        <Fact name={words.entryDetails.who}>
          {actor.name} <span className="font-mono text-xs break-all text-soft">{actor.id}</span>
        </Fact>
        <Fact name={words.entryDetails.from}>{address ?? words.entryDetails.system}</Fact>
        <Fact name={words.entryDetails.hash}>
          <span className="font-mono text-xs break-all">{hash === '' ? words.entryDetails.beforeChain : hash}</span>
        </Fact>
      </dl>
      {Object.keys(details).length > 0 && (
        <pre className="font-mono text-xs break-all whitespace-pre-wrap">{JSON.stringify(details, null, 2)}</pre>
      )}
    </div>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-soft max-sm:text-xs">{name}</dt>
    <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
  </>
)
