import { zodResolver } from '@hookform/resolvers/zod'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Alone } from '../../components/brand.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { answered, loadAuth } from '../../lib/auth.ts'
import { usePageTitle } from '../../lib/crumbs.ts'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'

/** Asks for a mail with a link; where no mail is sent, says whom to ask instead. */
export function ForgotPasswordPage() {
  usePageTitle('Forgot your password?', false)
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  const [asked, setAsked] = useState<string>()
  return (
    <Alone title="Forgot your password?" text="A link lets you choose a new one. It works once, for an hour.">
      {status.error ? (
        <Failure what="The server could not be asked" error={status.error} retry={status.refetch} />
      ) : !status.data ? (
        <Skeleton className="h-24" />
      ) : asked !== undefined ? (
        <div role="status">
          <Notice title="Check your email">
            If {asked} has an account here, a link is on its way. It may take a minute, and may be among the spam.
          </Notice>
        </div>
      ) : status.data.sendsMail ? (
        <AskForMail onAsked={setAsked} />
      ) : (
        <Notice title="Ask an instance admin for the link">
          This Keyferry sends no mail. An instance admin makes a link for you under Access, Instance, and hands it over.
        </Notice>
      )}
      <Button asChild variant="ghost" size="sm" className="w-fit">
        <Link to="/sign-in">Back to sign-in</Link>
      </Button>
    </Alone>
  )
}

function AskForMail({ onAsked }: { onAsked: (email: string) => void }) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(z.object({ email: z.email('Enter an email address') })),
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
        label="Email"
        type="email"
        autoComplete="username"
        autoFocus
        error={errors.email?.message}
        {...register('email')}
      />
      <Button type="submit" variant="primary" busy={isSubmitting}>
        Send the link
      </Button>
    </form>
  )
}
