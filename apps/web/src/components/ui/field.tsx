import { useId, type ComponentProps, type ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { words } from './words.ts'

export const control =
  'w-full min-w-0 rounded-md border border-edge bg-surface text-base text-ink transition-colors hover:border-soft disabled:cursor-not-allowed disabled:bg-sunken disabled:text-faint aria-invalid:border-bad [&[readonly]]:bg-sunken [&[readonly]]:text-soft [&[readonly]]:hover:border-edge'

interface Labelled {
  label: string
  help?: ReactNode
  error?: string | undefined
  /** Says "optional" beside the label. */
  optional?: boolean
  className?: string
}

/** Label, control, help and error, tied together for screen readers. */
export function Field({
  label,
  help,
  error,
  optional,
  className,
  children,
}: Labelled & {
  children: (ids: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean | undefined
  }) => ReactNode
}) {
  const id = useId()
  const said = [help !== undefined && help !== null && `${id}-help`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(' ')
  return (
    <div className={cn('grid gap-1.5', className)}>
      <div className="flex items-baseline gap-2">
        <label htmlFor={id} className="text-sm font-medium text-ink">
          {label}
        </label>
        {optional && <span className="text-xs text-faint">{words.field.optional}</span>}
      </div>
      {children({ id, 'aria-describedby': said || undefined, 'aria-invalid': error !== undefined || undefined })}
      {help !== undefined && help !== null && (
        <div id={`${id}-help`} className="text-sm text-soft">
          {help}
        </div>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  )
}

export function TextField({ label, help, error, optional, className, ...rest }: Labelled & ComponentProps<'input'>) {
  return (
    <Field label={label} help={help} error={error} optional={optional} className={className}>
      {(ids) => <input className={cn(control, 'h-9 px-3')} autoComplete="off" {...rest} {...ids} />}
    </Field>
  )
}

export function TextAreaField({
  label,
  help,
  error,
  optional,
  className,
  ...rest
}: Labelled & ComponentProps<'textarea'>) {
  return (
    <Field label={label} help={help} error={error} optional={optional} className={className}>
      {(ids) => <textarea rows={3} className={cn(control, 'px-3 py-2')} {...rest} {...ids} />}
    </Field>
  )
}

/** The browser's own select: it is right on every device and for every assistive tool. */
export function SelectField({
  label,
  help,
  error,
  optional,
  className,
  children,
  ...rest
}: Labelled & ComponentProps<'select'>) {
  return (
    <Field label={label} help={help} error={error} optional={optional} className={className}>
      {(ids) => (
        <select className={cn(control, 'h-9 px-2.5')} {...rest} {...ids}>
          {children}
        </select>
      )}
    </Field>
  )
}
