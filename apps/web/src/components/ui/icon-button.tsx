import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Button } from './button.tsx'

/** A button that shows only an icon; its name is in the tooltip and for screen readers. */
export const IconButton = ({
  icon: Icon,
  label,
  ...rest
}: { icon: LucideIcon; label: string } & Omit<ComponentProps<typeof Button>, 'children' | 'aria-label'>) => (
  <Button variant="ghost" size="icon" aria-label={label} data-tooltip={label} {...rest}>
    <Icon aria-hidden className="size-4" />
  </Button>
)
