import { Fragment, type ReactNode } from 'react'
import { Card } from '../../components/ui/card.tsx'
import { cn } from '../../lib/cn.ts'
import { STEPS, type StepId } from './steps.ts'

export interface ReviewRow {
  step: StepId
  name: string
  value: ReactNode
  mono?: boolean
}

/** The choices, by step, each step with its way back. */
export const ReviewTable = ({ rows, onGo }: { rows: readonly ReviewRow[]; onGo: (step: StepId) => void }) => (
  <Card className="divide-y divide-line">
    {STEPS.filter(({ id }) => rows.some(({ step }) => step === id)).map(({ id, title }) => (
      <div key={id} className="flex items-start gap-3 px-4 py-3">
        <dl className="grid min-w-0 flex-1 gap-x-4 gap-y-1 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
          {rows
            .filter(({ step }) => step === id)
            .map(({ name, value, mono }) => (
              <Fragment key={name}>
                <dt className="text-soft">{name}</dt>
                <dd className={cn('font-medium break-words max-sm:mb-1', mono && 'font-mono break-all')}>{value}</dd>
              </Fragment>
            ))}
        </dl>
        <button
          type="button"
          onClick={() => onGo(id)}
          aria-label={`Change ${title.toLowerCase()}`}
          className="rounded px-1 text-sm font-medium text-accent hover:underline"
        >
          Change
        </button>
      </div>
    ))}
  </Card>
)
