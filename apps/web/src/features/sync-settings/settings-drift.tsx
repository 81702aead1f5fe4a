import { driftCheck } from '@keyferry/schemas'
import { useState } from 'react'
import { SelectField } from '../../components/ui/field.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import type { Sync } from '../../lib/server/types.ts'
import { SettingsCard } from './settings-card.tsx'
import { words } from './words.ts'

type Every = Sync['options']['driftCheck']
export const DRIFT_WORDS: Record<Every, string> = {
  off: words.settingsDrift.never,
  '15m': words.settingsDrift.every15Minutes,
  '1h': words.settingsDrift.everyHour,
  '24h': words.settingsDrift.everyDay,
}

/** How the destination is checked between runs. */
export function DriftSettings({ sync, provider }: { sync: Sync; provider: string }) {
  const stored = sync.options
  const [chosen, setChosen] = useState<
    Partial<Pick<Sync['options'], 'driftCheck' | 'driftRepair' | 'driftReadsValues'>>
  >({})
  const { driftCheck: every, driftRepair: repair, driftReadsValues: readsValues } = { ...stored, ...chosen }
  const changed = {
    ...(every !== stored.driftCheck && { driftCheck: every }),
    ...(repair !== stored.driftRepair && { driftRepair: repair }),
    ...(readsValues !== stored.driftReadsValues && { driftReadsValues: readsValues }),
  }
  return (
    <SettingsCard
      title={words.settingsDrift.title}
      text={words.settingsDrift.text(provider)}
      dirty={Object.keys(changed).length > 0}
      patch={() => ({ options: changed })}
    >
      <SelectField
        label={words.settingsDrift.checkForDrift}
        value={every}
        onChange={(event) => {
          const next = driftCheck.safeParse(event.target.value)
          if (next.success) setChosen({ ...chosen, driftCheck: next.data })
        }}
      >
        {driftCheck.options.map((option) => (
          <option key={option} value={option}>
            {DRIFT_WORDS[option]}
          </option>
        ))}
      </SelectField>
      <SwitchField
        label={words.settingsDrift.repairDriftAutomatically}
        help={words.settingsDrift.repairHelp}
        checked={repair}
        onChange={(driftRepair) => setChosen({ ...chosen, driftRepair })}
      />
      <SwitchField
        label={words.settingsDrift.compareValuesToo}
        help={words.settingsDrift.compareHelp}
        checked={readsValues}
        onChange={(driftReadsValues) => setChosen({ ...chosen, driftReadsValues })}
      />
    </SettingsCard>
  )
}
