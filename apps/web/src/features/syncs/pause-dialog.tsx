import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { toast } from '../../lib/toast.ts'
import { usePauses, type PauseSubject } from './use-pauses.ts'

const HOUR_MS = 3_600_000
const ENDS = [
  { value: '', label: 'Until it is resumed' },
  { value: '1', label: 'For 1 hour' },
  { value: '8', label: 'For 8 hours' },
  { value: '24', label: 'For 1 day' },
  { value: '168', label: 'For 7 days' },
] as const

/** Pauses one sync, a project's or all, with a reason and, if wanted, an end. */
export function PauseDialog({ subject, onClose }: { subject: PauseSubject; onClose: () => void }) {
  const { pause } = usePauses(subject)
  const [reason, setReason] = useState('')
  const [hours, setHours] = useState('')
  const what =
    subject.scope === 'syncs'
      ? subject.syncs.length === 1
        ? subject.syncs[0].name
        : count(subject.syncs.length, 'sync')
      : subject.scope === 'project'
        ? 'all syncs of this project'
        : 'all syncs of every project'
  return (
    <Confirm
      title={`Pause ${what}?`}
      label="Pause"
      danger={false}
      ready={reason.trim() !== ''}
      onConfirm={async () => {
        const until = hours === '' ? undefined : new Date(Date.now() + Number(hours) * HOUR_MS).toISOString()
        await pause({ reason: reason.trim(), ...(until === undefined ? {} : { until }) })
        toast.success('Paused. What changes meanwhile is sent when you resume.')
      }}
      onClose={onClose}
    >
      <p>
        Runs, drift repair and deletions stop; one that is on ends after its present call. Plans still work, and nothing
        that changes meanwhile is lost.
      </p>
      <TextField
        label="Reason"
        help="Shown to everyone who can see the syncs."
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <SelectField label="Ends" value={hours} onChange={(event) => setHours(event.target.value)}>
        {ENDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    </Confirm>
  )
}
