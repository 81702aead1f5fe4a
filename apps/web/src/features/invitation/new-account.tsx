import { useNavigate } from '@tanstack/react-router'
import { useForm, useWatch } from 'react-hook-form'
import { NewPasswordField } from '../../components/fields/new-password-field.tsx'
import { OrDivider } from '../../components/or-divider.tsx'
import { ProviderButton } from '../../components/provider-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { signIn } from '../../lib/session/auth.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { loadForms } from '../sign-in/load-forms.ts'
import { words } from './words.ts'

const checked = lateResolver(async () => (await loadForms()).invitation)

/** Makes the account that the invitation is for, and signs it in. */
export function NewAccount({ token, email, here }: { token: string; email: string; here: string | null }) {
  const navigate = useNavigate()
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  const accept = trpc.people.accept.useMutation()
  const { register, handleSubmit, setError, control, formState } = useForm({
    resolver: checked,
    defaultValues: { name: '', password: '' },
  })
  const typed = useWatch({ control, name: 'password' })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      await accept.mutateAsync({ token, ...input })
    } catch (error) {
      setError('root', { message: messageOf(error) })
      return
    }
    // The account is there now, and the link used up: what fails from here on is for the sign-in page to say.
    const how = await signIn(email, input.password).catch(() => null)
    await navigate({ to: how === null ? '/sign-in' : '/', replace: true })
  })
  return (
    <>
      {here !== null && (
        <Notice kind="warn" title={words.newAccount.otherAccount(here)}>
          {words.newAccount.otherAccountText(email)}
        </Notice>
      )}
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        {errors.root?.message !== undefined && (
          <Notice kind="bad" title={words.newAccount.failed}>
            {errors.root.message}
          </Notice>
        )}
        {/* So that a password manager knows whose password this is. */}
        <TextField
          label={words.newAccount.email}
          type="email"
          autoComplete="username"
          value={email}
          readOnly
          className="[&_input]:bg-sunken"
        />
        <TextField
          label={words.newAccount.yourName}
          autoComplete="name"
          autoFocus
          error={errors.name?.message}
          {...register('name')}
        />
        <NewPasswordField
          label={words.newAccount.password}
          typed={typed}
          error={errors.password?.message}
          {...register('password')}
        />
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.newAccount.action}
        </Button>
      </form>
      {status.data?.signInWith.includes('oidc') === true && (
        <>
          <OrDivider />
          <ProviderButton next="/" />
        </>
      )}
    </>
  )
}
