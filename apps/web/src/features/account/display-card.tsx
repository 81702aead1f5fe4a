import { density } from '@keyferry/schemas'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Combobox } from '../../components/ui/combobox.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { applyDisplay } from '../../lib/display/display.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { exactTime } from '../../lib/display/time.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const AUTO = 'auto'
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
  value: zone,
  label: zone.replaceAll('_', ' '),
}))
const OF_DEVICE = new Intl.DateTimeFormat().resolvedOptions().timeZone
const DENSITIES = { compact: words.displayCard.compact, comfortable: words.displayCard.comfortable } as const

/** In which zone times are shown, and how high rows are. Saved as it is chosen. */
export function DisplayCard() {
  const { data, error, refetch } = trpc.account.display.useQuery()
  const [now] = useState(() => new Date().toISOString())
  const save = trpc.account.setDisplay.useMutation({
    onSuccess: applyDisplay,
    onError: (problem) => toast.error(words.displayCard.failed(messageOf(problem))),
    onSettled: () => markStale('account.setDisplay'),
  })
  if (error) return <Failure what={words.displayCard.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.displayCard.loading} rows={2} />
  return (
    <Section title={words.displayCard.title} text={words.displayCard.text}>
      <div className="grid max-w-md gap-4">
        <Combobox
          label={words.displayCard.timeZone}
          help={words.displayCard.now(exactTime(now))}
          options={[{ value: AUTO, label: words.displayCard.auto(OF_DEVICE) }, ...ZONES]}
          value={data.timeZone ?? AUTO}
          onChange={(zone) => save.mutate({ timeZone: zone === AUTO ? null : zone })}
          busy={save.isPending}
        />
        <SelectField
          label={words.displayCard.density}
          value={data.density}
          onChange={({ target }) => {
            const chosen = density.safeParse(target.value)
            if (chosen.success) save.mutate({ density: chosen.data })
          }}
        >
          {density.options.map((each) => (
            <option key={each} value={each}>
              {DENSITIES[each]}
            </option>
          ))}
        </SelectField>
      </div>
    </Section>
  )
}
