import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { SelectField, TextField } from '../../../components/ui/field.tsx'
import { toast } from '../../../lib/toast.ts'
import { ReplacedPauses } from './replaced-pauses.tsx'
import { usePauses, type PauseSubject } from './use-pauses.ts'
import { words } from '../words.ts'

const HOUR_MS = 3_600_000
const ENDS = [
  { value: '', label: words.pauseDialog.untilResumed },
  { value: '1', label: words.pauseDialog.for1Hour },
  { value: '8', label: words.pauseDialog.for8Hours },
  { value: '24', label: words.pauseDialog.for1Day },
  { value: '168', label: words.pauseDialog.for7Days },
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
        : words.pauseDialog.syncs(subject.syncs.length)
      : subject.scope === 'project'
        ? words.pauseDialog.project
        : words.pauseDialog.instance
  return (
    <Confirm
      title={words.pauseDialog.title(what)}
      label={words.pauseDialog.pause}
      danger={false}
      ready={reason.trim() !== ''}
      onConfirm={async () => {
        const until = hours === '' ? undefined : new Date(Date.now() + Number(hours) * HOUR_MS).toISOString()
        await pause({ reason: reason.trim(), ...(until === undefined ? {} : { until }) })
        toast.success(words.pauseDialog.paused)
      }}
      onClose={onClose}
    >
      <p>{words.pauseDialog.consequence}</p>
      <ReplacedPauses subject={subject} />
      <TextField
        label={words.pauseDialog.reason}
        help={words.pauseDialog.reasonHelp}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <SelectField label={words.pauseDialog.ends} value={hours} onChange={(event) => setHours(event.target.value)}>
        {ENDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    </Confirm>
  )
}
