import { RadioGroup } from 'radix-ui'
import type { ReactNode } from 'react'

export interface RadioCard<Value extends string> {
  value: Value
  title: string
  text: ReactNode
}

/** A choice where each option deserves a sentence. */
export function RadioCards<Value extends string>({
  label,
  value,
  onChange,
  cards,
}: {
  label: string
  /** None yet, when nothing should be taken for granted. */
  value: Value | undefined
  onChange: (value: Value) => void
  cards: readonly RadioCard<Value>[]
}) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value ?? ''}
      onValueChange={(next) => {
        const card = cards.find((each) => each.value === next)
        if (card) onChange(card.value)
      }}
      className="grid gap-2"
    >
      {cards.map((card) => (
        <label
          key={card.value}
          className="flex cursor-pointer gap-3 rounded-lg border border-line bg-surface p-3 hover:border-edge has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-tint"
        >
          <RadioGroup.Item
            value={card.value}
            aria-label={card.title}
            className="mt-0.5 grid size-4.5 shrink-0 place-items-center rounded-full border border-edge bg-surface data-[state=checked]:border-accent"
          >
            <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
          </RadioGroup.Item>
          <span className="grid gap-0.5">
            <span className="text-sm font-medium">{card.title}</span>
            <span className="text-sm text-soft">{card.text}</span>
          </span>
        </label>
      ))}
    </RadioGroup.Root>
  )
}
