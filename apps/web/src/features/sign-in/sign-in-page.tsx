import { zodResolver } from '@hookform/resolvers/zod'
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Alone } from '../../components/brand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { signIn } from '../../lib/auth.ts'
import { usePageTitle } from '../../lib/crumbs.ts'
import { messageOf } from '../../lib/errors.ts'

const credentials = z.object({
  email: z.email('Enter an email address'),
  password: z.string().min(1, 'Enter your password'),
})

/** Only an address of this console: a link to the sign-in page must not lead anywhere else. */
const ours = (next: string | undefined): string => (next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/')

export function SignInPage({ next }: { next: string | undefined }) {
  usePageTitle('Sign in', false)
  const navigate = useNavigate()
  const { register, handleSubmit, setError, formState } = useForm({ resolver: zodResolver(credentials) })
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async ({ email, password }) => {
    try {
      await signIn(email, password)
      await navigate({ href: ours(next), replace: true })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <Alone title="Sign in" text="Secrets, and where they go.">
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
        <PasswordField
          label="Password"
          autoComplete="current-password"
          error={errors.password?.message}
          {...register('password')}
        />
        <Button type="submit" variant="primary" busy={isSubmitting}>
          Sign in
        </Button>
      </form>
    </Alone>
  )
}
