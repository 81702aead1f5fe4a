import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Alone } from '../../components/brand.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { answered, loadAuth } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { loadForms } from './load-forms.ts'
import { words } from './words.ts'

const checked = lateResolver(async () => (await loadForms()).forgotPassword)

/** Asks for a mail with a link; where no mail is sent, says whom to ask instead. */
export function ForgotPasswordPage() {
  usePageTitle(words.forgotPasswordPage.title, false)
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  const [asked, setAsked] = useState<string>()
  return (
    <Alone title={words.forgotPasswordPage.title} text={words.forgotPasswordPage.text}>
      {status.error ? (
        <Failure what={words.forgotPasswordPage.what} error={status.error} retry={status.refetch} />
      ) : !status.data ? (
        <Skeleton className="h-24" />
      ) : asked !== undefined ? (
        <div role="status">
          <Notice title={words.forgotPasswordPage.sent}>{words.forgotPasswordPage.sentText(asked)}</Notice>
        </div>
      ) : status.data.sendsMail ? (
        <AskForMail onAsked={setAsked} />
      ) : (
        <Notice title={words.forgotPasswordPage.noMail}>{words.forgotPasswordPage.noMailText}</Notice>
      )}
      <Button asChild variant="ghost" size="sm" className="-ml-2.5 w-fit">
        <Link to="/sign-in">{words.forgotPasswordPage.back}</Link>
      </Button>
    </Alone>
  )
}

function AskForMail({ onAsked }: { onAsked: (email: string) => void }) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: checked,
    defaultValues: { email: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ email }) => {
    try {
      const auth = await loadAuth()
      answered(await auth.requestPasswordReset({ email }))
      onAsked(email)
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <TextField
        label={words.forgotPasswordPage.email}
        type="email"
        autoComplete="username"
        autoFocus
        error={errors.email?.message}
        {...register('email')}
      />
      <Button type="submit" variant="primary" busy={isSubmitting}>
        {words.forgotPasswordPage.send}
      </Button>
    </form>
  )
}
