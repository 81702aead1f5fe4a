import { driftCheck } from '@keyferry/schemas'
import { useState } from 'react'
import { SelectField } from '../../components/ui/field.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import type { Sync } from '../../lib/types.ts'
import { SettingsCard } from './settings-card.tsx'

type Every = Sync['options']['driftCheck']
export const DRIFT_WORDS: Record<Every, string> = {
  off: 'Never',
  '15m': 'Every 15 minutes',
  '1h': 'Every hour',
  '24h': 'Every day',
}

/** How the target is watched between runs. */
export function DriftSettings({ sync, vendor }: { sync: Sync; vendor: string }) {
  const before = sync.options
  const [every, setEvery] = useState<Every>(before.driftCheck)
  const [repair, setRepair] = useState(before.driftRepair)
  const [readsValues, setReadsValues] = useState(before.driftReadsValues)
  const dirty = every !== before.driftCheck || repair !== before.driftRepair || readsValues !== before.driftReadsValues
  return (
    <SettingsCard
      sync={sync}
      title="Drift"
      text={`When someone changes the target at ${vendor} itself, it drifts from what this sync wrote.`}
      dirty={dirty}
      patch={() => ({ options: { driftCheck: every, driftRepair: repair, driftReadsValues: readsValues } })}
    >
      <SelectField
        label="Check for drift"
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
        label="Repair drift automatically"
        help="Write the folder's values again. Off: drift is only shown."
        checked={repair}
        onChange={setRepair}
      />
      <SwitchField
        label="Compare values too"
        help="Only where the vendor can hand values out. It pulls secrets back to compare them; they are not stored."
        checked={readsValues}
        onChange={setReadsValues}
      />
    </SettingsCard>
  )
}
