import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { proveFactor, type Factors } from '../../lib/session/auth.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { words } from './words.ts'

interface Props {
  label: string
  danger: boolean
  /** What is set has to be proven, too. */
  factors: Factors
  act: (password: string) => Promise<unknown>
  onCancel: () => void
}

/**
 * Asks for the password, and a second factor where one is set, before something that a borrowed session must not do.
 */
export function PasswordAsked({ label, danger, factors: { app, passkey }, act, onCancel }: Props) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(
      z.object({
        password: z.string().min(1, words.passwordAsked.passwordMissing),
        code: app && !passkey ? z.string().trim().min(1, words.passwordAsked.codeMissing) : z.string(),
      }),
    ),
    defaultValues: { password: '', code: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ password, code }) => {
    try {
      if (app || passkey) await proveFactor(code)
      await act(password)
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-md gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <PasswordField
        label={words.passwordAsked.label}
        autoComplete="current-password"
        autoFocus
        error={errors.password?.message}
        {...register('password')}
      />
      {app && (
        <TextField
          label={words.passwordAsked.code}
          autoComplete="one-time-code"
          help={passkey ? words.passwordAsked.orPasskey : undefined}
          spellCheck={false}
          error={errors.code?.message}
          {...register('code')}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={isSubmitting}>
          {label}
        </Button>
        <Button onClick={onCancel}>{words.passwordAsked.cancel}</Button>
      </div>
    </form>
  )
}
