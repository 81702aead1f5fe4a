import { zodResolver } from '@hookform/resolvers/zod'
import { password } from '@keyferry/schemas'
import { useForm, useWatch } from 'react-hook-form'
import { z } from 'zod'
import { NewPasswordField } from '../../components/new-password-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { answered, loadAuth } from '../../lib/auth.ts'
import { messageOf } from '../../lib/errors.ts'
import { toast } from '../../lib/toast.ts'
import { accountChanged } from './account-query.ts'

const change = z.object({
  currentPassword: z.string().min(1, 'Enter your present password'),
  newPassword: password,
})

/** Proves by the present password who it is. */
export function ChangePassword({ onDone }: { onDone: () => void }) {
  const { register, handleSubmit, control, setError, formState } = useForm({
    resolver: zodResolver(change),
    defaultValues: { currentPassword: '', newPassword: '' },
  })
  const typed = useWatch({ control, name: 'newPassword' })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      const auth = await loadAuth()
      answered(await auth.changePassword(input))
      toast.success('Your password is changed.')
      await accountChanged()
      onDone()
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-md gap-4">
      {errors.root?.message !== undefined && (
        <Notice kind="bad" title="The password was not changed">
          {errors.root.message}
        </Notice>
      )}
      <PasswordField
        label="Current password"
        autoFocus
        autoComplete="current-password"
        error={errors.currentPassword?.message}
        {...register('currentPassword')}
      />
      <NewPasswordField
        label="New password"
        typed={typed}
        error={errors.newPassword?.message}
        {...register('newPassword')}
      />
      <p className="text-sm">Everywhere else you are signed out.</p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={isSubmitting}>
          Change password
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  )
}
