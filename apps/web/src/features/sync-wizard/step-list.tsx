import { Check } from 'lucide-react'
import { cn } from '../../lib/cn.ts'
import { STEPS, type StepId } from './steps.ts'

/** Where one is, and the way back to what was already answered. */
export function StepList({ at, limit, onGo }: { at: number; limit: number; onGo: (id: StepId) => void }) {
  return (
    <nav aria-label="Steps" className="lg:sticky lg:top-20">
      <p className="mb-2 text-sm text-soft lg:hidden">
        Step {at + 1} of {STEPS.length}
      </p>
      <ol className="flex gap-1 lg:grid">
        {STEPS.map(({ id, title }, index) => {
          const done = index < at
          return (
            <li key={id} className="max-lg:flex-1">
              <button
                type="button"
                disabled={index > limit}
                aria-current={index === at ? 'step' : undefined}
                onClick={() => onGo(id)}
                className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left text-sm text-soft enabled:hover:bg-sunken disabled:cursor-not-allowed disabled:text-faint aria-[current=step]:font-semibold aria-[current=step]:text-ink max-lg:px-0"
              >
                <span
                  aria-hidden
                  className={cn(
                    'grid size-5 shrink-0 place-items-center rounded-full border text-xs tabular-nums max-lg:hidden',
                    index === at
                      ? 'border-accent bg-accent text-on-accent'
                      : done
                        ? 'border-good text-good'
                        : 'border-edge',
                  )}
                >
                  {done ? <Check className="size-3" /> : index + 1}
                </span>
                <span className="max-lg:sr-only">{title}</span>
                <span
                  aria-hidden
                  className={cn('h-1 w-full rounded-full lg:hidden', index <= at ? 'bg-accent' : 'bg-line')}
                />
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
