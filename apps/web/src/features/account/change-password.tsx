import { zodResolver } from '@hookform/resolvers/zod'
import { password } from '@keyferry/schemas'
import { useWatch } from 'react-hook-form'
import { z } from 'zod'
import { NewPasswordField } from '../../components/fields/new-password-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { useNewForm } from '../../lib/forms/new-form.ts'
import { answered, loadAuth } from '../../lib/session/auth.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { toast } from '../../lib/toast.ts'
import { accountChanged } from './account-query.ts'
import { words } from './words.ts'

const change = z.object({
  currentPassword: z.string().min(1, words.changePassword.currentMissing),
  newPassword: password,
})

/** Proves by the present password who it is. */
export function ChangePassword({ onDone }: { onDone: () => void }) {
  const { register, handleSubmit, control, setError, formState } = useNewForm({
    resolver: zodResolver(change),
    defaultValues: { currentPassword: '', newPassword: '' },
  })
  const typed = useWatch({ control, name: 'newPassword' })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      const auth = await loadAuth()
      answered(await auth.changePassword(input))
      toast.success(words.changePassword.changed)
      await accountChanged()
      onDone()
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-md gap-4">
      {errors.root?.message !== undefined && (
        <Notice kind="bad" title={words.changePassword.failed}>
          {errors.root.message}
        </Notice>
      )}
      <PasswordField
        label={words.changePassword.current}
        autoFocus
        autoComplete="current-password"
        error={errors.currentPassword?.message}
        {...register('currentPassword')}
      />
      <NewPasswordField
        label={words.changePassword.next}
        typed={typed}
        error={errors.newPassword?.message}
        {...register('newPassword')}
      />
      <p className="text-sm">{words.changePassword.others}</p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.changePassword.action}
        </Button>
        <Button onClick={onDone}>{words.changePassword.cancel}</Button>
      </div>
    </form>
  )
}
