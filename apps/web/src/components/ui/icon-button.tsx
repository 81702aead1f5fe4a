import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Button } from './button.tsx'
import { Tooltip } from './tooltip.tsx'

/** A button that shows only an icon; its name is in the tooltip and for screen readers. */
export function IconButton({
  icon: Icon,
  label,
  denied,
  ...rest
}: { icon: LucideIcon; label: string } & Omit<ComponentProps<typeof Button>, 'children' | 'aria-label'>) {
  if (denied !== undefined) {
    return (
      <Button variant="ghost" size="icon" aria-label={label} denied={denied} {...rest}>
        <Icon aria-hidden className="size-4" />
      </Button>
    )
  }
  return (
    <Tooltip text={label}>
      <Button variant="ghost" size="icon" aria-label={label} {...rest}>
        <Icon aria-hidden className="size-4" />
      </Button>
    </Tooltip>
  )
}
