import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { proveFactor } from '../../lib/auth.ts'
import { messageOf } from '../../lib/errors.ts'

interface Props {
  label: string
  danger: boolean
  /** A second factor is set, so it has to be proven too. */
  factor: boolean
  act: (password: string) => Promise<unknown>
  onCancel: () => void
}

const password = z.string().min(1, 'Enter your password')
const withFactor = z.object({ password, code: z.string().trim().min(1, 'Enter a code') })
const alone = z.object({ password, code: z.string() })

/** Asks for the password, and the second factor where one is set, before something that a borrowed session must not do. */
export function PasswordAsked({ label, danger, factor, act, onCancel }: Props) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(factor ? withFactor : alone),
    defaultValues: { password: '', code: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ password, code }) => {
    try {
      if (factor) await proveFactor(code)
      await act(password)
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-md gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <PasswordField
        label="Your password, to be sure it is you"
        autoComplete="current-password"
        autoFocus
        error={errors.password?.message}
        {...register('password')}
      />
      {factor && (
        <TextField
          label="Code of your authenticator app, or a recovery code"
          autoComplete="one-time-code"
          spellCheck={false}
          error={errors.code?.message}
          {...register('code')}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={isSubmitting}>
          {label}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}
