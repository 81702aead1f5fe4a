import type { ReactNode } from 'react'
import { policyTitle } from '../../components/policies.ts'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Destination, Sync } from '../../lib/types.ts'
import { DRIFT_WORDS } from './settings-drift.tsx'

interface Props {
  sync: Sync
  destination: Destination | undefined
  /** Why they cannot be changed. */
  denied: string
}

/** The settings of a sync, for users who can see but not change them. */
export function SettingsFacts({ sync, destination, denied }: Props) {
  const { description, environment, folder, connection, targetLabel, autoSync, options } = sync
  const { keySchema, deletionPolicy, driftCheck, driftRepair } = options
  return (
    <div className="grid gap-4">
      <Notice title="You see the settings and cannot change them">{denied}</Notice>
      <Section title="Settings">
        <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]">
          <Fact name="Description">{description || 'None'}</Fact>
          <Fact name="Source">
            <span className="font-mono">
              {environment?.slug}:{folder?.path ?? 'deleted folder'}
            </span>
          </Fact>
          <Fact name="Destination">
            {destination?.title ?? sync.destination} · {targetLabel}
          </Fact>
          <Fact name="Connection">{connection.name}</Fact>
          <Fact name="Auto-sync">{autoSync ? 'On: every change within a second' : 'Off: only when asked'}</Fact>
          <Fact name="Key schema">
            {keySchema ? <span className="font-mono">{keySchema}</span> : 'None: keys keep their names'}
          </Fact>
          <Fact name="Deletion policy">{policyTitle(deletionPolicy)}</Fact>
          <Fact name="Looks for drift">
            {DRIFT_WORDS[driftCheck]}
            {driftCheck !== 'off' && (driftRepair ? ', and repairs it' : ', and only shows it')}
          </Fact>
        </dl>
      </Section>
    </div>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-soft max-sm:-mb-2">{name}</dt>
    <dd className="break-words">{children}</dd>
  </>
)
