import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { Alone } from '../../components/brand.tsx'
import { NewPasswordField } from '../../components/fields/new-password-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { answered, loadAuth } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { loadForms } from './load-forms.ts'
import { words } from './words.ts'

const checked = lateResolver(async () => (await loadForms()).resetPassword)

/** Where the link from a mail, or from an admin, leads. */
export function ResetPasswordPage({ token }: { token: string | undefined }) {
  usePageTitle(words.resetPasswordPage.password, false)
  const [done, setDone] = useState(false)
  if (done) {
    return (
      <Alone title={words.resetPasswordPage.done} text={words.resetPasswordPage.doneText}>
        <Button asChild variant="primary">
          <Link to="/sign-in">{words.resetPasswordPage.signIn}</Link>
        </Button>
      </Alone>
    )
  }
  return (
    <Alone title={words.resetPasswordPage.title} text={words.resetPasswordPage.text}>
      {token === undefined ? (
        <Notice kind="bad" title={words.resetPasswordPage.incomplete}>
          {words.resetPasswordPage.incompleteText}
        </Notice>
      ) : (
        <NewPassword token={token} onDone={() => setDone(true)} />
      )}
      <Button asChild variant="ghost" size="sm" className="-ml-2.5 w-fit">
        <Link to="/forgot-password">{words.resetPasswordPage.askAgain}</Link>
      </Button>
    </Alone>
  )
}

function NewPassword({ token, onDone }: { token: string; onDone: () => void }) {
  const { register, handleSubmit, setError, control, formState } = useForm({
    resolver: checked,
    defaultValues: { password: '' },
  })
  const typed = useWatch({ control, name: 'password' })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      const auth = await loadAuth()
      answered(await auth.resetPassword({ token, newPassword: input.password }))
      onDone()
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && (
        <Notice kind="bad" title={words.resetPasswordPage.failed}>
          {errors.root.message}
        </Notice>
      )}
      <NewPasswordField
        label={words.resetPasswordPage.password}
        typed={typed}
        autoFocus
        error={errors.password?.message}
        {...register('password')}
      />
      <Button type="submit" variant="primary" busy={isSubmitting}>
        {words.resetPasswordPage.action}
      </Button>
    </form>
  )
}
