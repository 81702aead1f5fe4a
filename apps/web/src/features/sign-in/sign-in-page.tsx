import { Link, useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { Alone } from '../../components/brand.tsx'
import { OrDivider } from '../../components/or-divider.tsx'
import { PasskeyButton } from '../../components/passkey-button.tsx'
import { ProviderButton } from '../../components/provider-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { knowsPasskeys, signIn } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { safeRedirect } from '../../lib/session/safe-redirect.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { loadForms } from './load-forms.ts'
import { providerProblem } from './provider-problem.ts'
import { words } from './words.ts'

const checked = lateResolver(async () => (await loadForms()).credentials)

/** `error`: what the provider's sign-in came back with. */
export function SignInPage({ next, error }: { next: string | undefined; error: string | undefined }) {
  usePageTitle(words.signInPage.title, false)
  const navigate = useNavigate()
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: checked,
    defaultValues: { email: '', password: '' },
  })
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async ({ email, password }) => {
    try {
      const how = await signIn(email, password)
      if (how === 'signed-in') await navigate({ href: safeRedirect(next), replace: true })
      else await navigate({ to: '/sign-in/second-factor', search: next === undefined ? {} : { next } })
    } catch (problem) {
      setError('root', { message: messageOf(problem) })
    }
  })
  const problem = errors.root?.message ?? (error === undefined ? undefined : providerProblem(error))
  const ways = status.data?.signInWith ?? ['password']
  const others = ways.filter((way) => way === 'oidc' || (way === 'passkey' && knowsPasskeys()))
  return (
    <Alone title={words.signInPage.title} text={words.signInPage.text}>
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      {ways.includes('password') && (
        <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
          <TextField
            label={words.signInPage.email}
            type="email"
            autoComplete="username"
            autoFocus
            error={errors.email?.message}
            {...register('email')}
          />
          <PasswordField
            label={words.signInPage.password}
            autoComplete="current-password"
            error={errors.password?.message}
            {...register('password')}
          />
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.signInPage.title}
          </Button>
          <Link to="/forgot-password" className="w-fit rounded text-sm text-accent underline underline-offset-2">
            {words.signInPage.forgot}
          </Link>
        </form>
      )}
      {others.length > 0 && (
        <div className="grid gap-4">
          {ways.includes('password') && <OrDivider />}
          {others.includes('passkey') && (
            <PasskeyButton onDone={() => navigate({ href: safeRedirect(next), replace: true })} />
          )}
          {others.includes('oidc') && <ProviderButton next={safeRedirect(next)} />}
        </div>
      )}
    </Alone>
  )
}
