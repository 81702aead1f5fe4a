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
  const before = sync.options
  const [every, setEvery] = useState<Every>(before.driftCheck)
  const [repair, setRepair] = useState(before.driftRepair)
  const [readsValues, setReadsValues] = useState(before.driftReadsValues)
  const dirty = every !== before.driftCheck || repair !== before.driftRepair || readsValues !== before.driftReadsValues
  return (
    <SettingsCard
      title={words.settingsDrift.title}
      text={words.settingsDrift.text(provider)}
      dirty={dirty}
      patch={() => ({ options: { driftCheck: every, driftRepair: repair, driftReadsValues: readsValues } })}
    >
      <SelectField
        label={words.settingsDrift.checkForDrift}
        value={every}
        onChange={(event) => {
          const next = driftCheck.safeParse(event.target.value)
          if (next.success) setEvery(next.data)
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
        onChange={setRepair}
      />
      <SwitchField
        label={words.settingsDrift.compareValuesToo}
        help={words.settingsDrift.compareHelp}
        checked={readsValues}
        onChange={setReadsValues}
      />
    </SettingsCard>
  )
}
