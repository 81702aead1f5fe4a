import { cva, type VariantProps } from 'class-variance-authority'
import { LoaderCircle } from 'lucide-react'
import { Slot } from 'radix-ui'
import type { ComponentProps, MouseEvent } from 'react'
import { cn } from '../../lib/cn.ts'

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors [&>svg]:shrink-0 disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-on-accent not-aria-disabled:enabled:hover:bg-accent-hover [a&]:hover:bg-accent-hover',
        secondary: 'border border-line bg-surface text-ink shadow-xs hover:bg-sunken',
        ghost: 'text-soft hover:bg-sunken hover:text-ink',
        danger: 'bg-bad text-on-bad not-aria-disabled:enabled:hover:bg-bad-hover',
        quietDanger: 'border border-line bg-surface text-bad shadow-xs hover:bg-bad-tint',
      },
      size: { sm: 'h-7 px-2.5 text-sm', md: 'h-9 px-3.5 text-base', icon: 'size-7' },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

/** Of a row of buttons that may be named after anything: a long name is broken rather than cut at the edge. */
export const buttonRow =
  'flex flex-wrap gap-2 [&>*]:max-w-full [&>*]:wrap-anywhere [&>*]:whitespace-normal [&>.h-9]:h-auto [&>.h-9]:min-h-9'

/** Not `disabled`, which would take the focus from the button that was just pressed. */
const refuse = (event: MouseEvent): void => event.preventDefault()

type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof look> & {
    /** Shows a spinner and refuses clicks; the label stays, so its width and name do. */
    busy?: boolean
    /** Draws the child (a link) as a button. */
    asChild?: boolean
    /** Why the user may not use it: it is shown, does nothing, and says so on hover and focus. */
    denied?: string | undefined
  }

export function Button({
  variant,
  size,
  busy = false,
  asChild = false,
  className,
  children,
  disabled,
  denied,
  ...rest
}: ButtonProps) {
  const classes = cn(look({ variant, size }), className)
  if (denied !== undefined) {
    return (
      // Not `disabled`, which would take it out of the reach of the keyboard, and the reason with it.
      <button
        {...rest}
        type="button"
        className={classes}
        aria-disabled
        data-tooltip={denied}
        onClick={undefined}
        onPointerDown={undefined}
        onKeyDown={undefined}
      >
        {children}
      </button>
    )
  }
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  const refusing = busy && { 'aria-disabled': true, 'aria-busy': true, onClick: refuse }
  return (
    <button type="button" className={classes} disabled={disabled} {...rest} {...refusing}>
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  )
}
