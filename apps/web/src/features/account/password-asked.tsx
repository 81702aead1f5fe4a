import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { messageOf } from '../../lib/errors.ts'

interface Props {
  label: string
  danger: boolean
  act: (password: string) => Promise<unknown>
  onCancel: () => void
}

/** Asks for the password before something that a borrowed session must not do. */
export function PasswordAsked({ label, danger, act, onCancel }: Props) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(z.object({ password: z.string().min(1, 'Enter your password') })),
    defaultValues: { password: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ password }) => {
    try {
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
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={isSubmitting}>
          {label}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}
