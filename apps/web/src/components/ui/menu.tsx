import { Slot } from 'radix-ui'
import type { Menu as Radix } from 'radix-ui/internal'
import { use, useId, useRef, useState, type ComponentProps, type KeyboardEvent, type ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { loadedLater } from './loaded-later.tsx'
import { MenuParts } from './menu-parts.ts'

const MenuPanel = loadedLater(async () => (await import('./menu-panel.tsx')).MenuPanel)

const OPENS = ['Enter', ' ', 'ArrowDown']

/** A button that opens a list of actions. The list is loaded and drawn when it opens: tables have one in each row. */
export function Menu({
  trigger,
  children,
  align = 'end',
  side,
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'bottom'
}) {
  const id = useId()
  const anchor = useRef<HTMLElement>(null)
  const [opened, setOpened] = useState<{ byKeyboard: boolean }>()
  const onKeyDown = (event: KeyboardEvent) => {
    if (!OPENS.includes(event.key)) return
    event.preventDefault()
    setOpened({ byKeyboard: true })
  }
  return (
    <>
      <Slot.Root
        ref={anchor}
        id={id}
        aria-haspopup="menu"
        aria-expanded={opened !== undefined}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.ctrlKey) return
          // The focus goes into the list.
          if (!opened) event.preventDefault()
          setOpened(opened ? undefined : { byKeyboard: false })
        }}
        onKeyDown={onKeyDown}
      >
        {trigger}
      </Slot.Root>
      {opened && (
        <MenuPanel
          anchor={anchor}
          labelledBy={id}
          byKeyboard={opened.byKeyboard}
          align={align}
          side={side}
          onClose={() => setOpened(undefined)}
        >
          {children}
        </MenuPanel>
      )}
    </>
  )
}

function useParts(): typeof Radix {
  const parts = use(MenuParts)
  if (parts === null) throw new Error('A menu item stands outside a menu')
  return parts
}

const item =
  'flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-base outline-none select-none data-disabled:cursor-not-allowed data-disabled:text-faint data-highlighted:bg-sunken'

export function MenuItem({
  danger = false,
  className,
  ...rest
}: ComponentProps<typeof Radix.Item> & { danger?: boolean }) {
  const { Item } = useParts()
  return <Item className={cn(item, danger && 'text-bad', className)} {...rest} />
}

export function MenuChoice({ className, ...rest }: ComponentProps<typeof Radix.RadioItem>) {
  const { RadioItem } = useParts()
  return <RadioItem className={cn(item, 'data-[state=checked]:font-semibold', className)} {...rest} />
}

export function MenuChoices(props: ComponentProps<typeof Radix.RadioGroup>) {
  const { RadioGroup } = useParts()
  return <RadioGroup {...props} />
}

export function MenuLabel({ children }: { children: ReactNode }) {
  const { Label } = useParts()
  return <Label className="px-2.5 py-1 text-xs text-faint">{children}</Label>
}

export function MenuLine() {
  const { Separator } = useParts()
  return <Separator className="my-1 h-px bg-line" />
}
