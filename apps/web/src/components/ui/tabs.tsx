import { Tabs as Radix } from 'radix-ui'
import { useEffect, useRef, type ReactNode } from 'react'

export interface Tab {
  value: string
  label: ReactNode
}

/** Tabs whose open one lives in the URL: the caller keeps `value`. */
export function Tabs({
  label,
  value,
  onChange,
  tabs,
  children,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  tabs: readonly Tab[]
  children: ReactNode
}) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[data-state=active]')
    // Only sideways: the page stays where it is.
    if (list.current && open)
      list.current.scrollLeft = open.offsetLeft - (list.current.clientWidth - open.offsetWidth) / 2
  }, [value, tabs.length])
  return (
    <Radix.Root value={value} onValueChange={onChange} className="grid grid-cols-1 gap-4">
      <Radix.List
        ref={list}
        aria-label={label}
        className="relative flex gap-1 overflow-x-auto border-b border-line p-0.5 pb-0"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px flex items-center gap-1.5 rounded-t-md border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-soft hover:text-ink focus-visible:outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      <Radix.Content value={value} className="min-w-0 focus-visible:outline-offset-4">
        {children}
      </Radix.Content>
    </Radix.Root>
  )
}
