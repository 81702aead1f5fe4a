import type { ReactNode } from 'react'
import { policyTitle } from '../../components/syncs/policies.ts'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Destination, Sync } from '../../lib/server/types.ts'
import { DRIFT_WORDS } from './settings-drift.tsx'
import { words } from './words.ts'

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
      <Notice title={words.settingsFacts.readOnly}>{denied}</Notice>
      <Section title={words.settingsFacts.settings}>
        <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]">
          <Fact name={words.settingsFacts.description}>{description || words.settingsFacts.none}</Fact>
          <Fact name={words.settingsFacts.source}>
            <span className="font-mono">
              {environment?.slug}:{folder?.path ?? words.settingsFacts.deletedFolder}
            </span>
          </Fact>
          <Fact name={words.settingsFacts.destination}>
            {destination?.title ?? sync.destination} · {targetLabel}
          </Fact>
          <Fact name={words.settingsFacts.connection}>{connection.name}</Fact>
          <Fact name={words.settingsFacts.autoSync}>
            {autoSync ? words.settingsFacts.autoSyncOn : words.settingsFacts.autoSyncOff}
          </Fact>
          <Fact name={words.settingsFacts.keySchema}>
            {keySchema ? <span className="font-mono">{keySchema}</span> : words.settingsFacts.noSchema}
          </Fact>
          <Fact name={words.settingsFacts.deletionPolicy}>{policyTitle(deletionPolicy)}</Fact>
          <Fact name={words.settingsFacts.driftCheck}>
            {DRIFT_WORDS[driftCheck]}
            {driftCheck !== 'off' && (driftRepair ? words.settingsFacts.repairs : words.settingsFacts.onlyShows)}
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
