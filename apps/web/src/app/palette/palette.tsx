import { useLayoutEffect, useRef, type ComponentProps } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { collectTyped, type Typed } from '../../lib/focus/typed-ahead.ts'

const load = async () => (await import('./command-palette.tsx')).CommandPalette
const CommandPalette = onDemand(load)

/** The command palette, and what is typed for it before its code has come. */
export function Palette(props: Omit<ComponentProps<typeof CommandPalette>, 'takeTyped'>) {
  const typed = useRef<Typed>(null)
  useLayoutEffect(() => {
    const { stop } = (typed.current = collectTyped())
    load().catch(stop)
    return stop
  }, [])
  return <CommandPalette {...props} takeTyped={() => typed.current?.take() ?? ''} />
}
