import { Command } from 'cmdk'
import type { ReactNode } from 'react'

export const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint'

/** `value` is what the typed text is matched with. */
export const Item = ({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) => (
  <Command.Item
    value={value}
    onSelect={onSelect}
    className="flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 text-base wrap-anywhere select-none data-[selected=true]:bg-accent-tint data-[selected=true]:text-accent [&_svg]:size-4 [&_svg]:shrink-0"
  >
    {children}
  </Command.Item>
)
