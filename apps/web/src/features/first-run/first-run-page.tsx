import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { Alone } from '../../components/brand.tsx'
import { NewPasswordField } from '../../components/fields/new-password-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { signIn } from '../../lib/session/auth.ts'
import { code } from '../../lib/loading/code.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const loadSetUp = code(() => import('./set-up.ts'))
const checked = lateResolver(async () => (await loadSetUp()).setUp)

/** Creates the owner account and signs it in. */
export function FirstRunPage() {
  usePageTitle(words.firstRunPage.welcome, false)
  const router = useRouter()
  const create = trpc.instance.bootstrap.useMutation()
  // The link that the server prints carries the code in its fragment, which browsers send to nobody.
  const printed = useLocation({ select: ({ hash }) => new URLSearchParams(hash).get('code') ?? '' })
  const { register, handleSubmit, setError, setValue, control, formState } = useForm({
    resolver: checked,
    defaultValues: { setupCode: printed, organization: '', name: '', email: '', password: '' },
  })
  useEffect(() => setValue('setupCode', printed), [printed, setValue])
  const password = useWatch({ control, name: 'password' })
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async (input) => {
    try {
      await create.mutateAsync({ ...input, withToken: false })
      await signIn(input.email, input.password)
      await markStale('instance.bootstrap')
      await router.navigate({ to: '/projects/new', replace: true })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <Alone title={words.firstRunPage.title} text={words.firstRunPage.text}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <TextField
          label={words.firstRunPage.setupCode}
          help={words.firstRunPage.setupCodeHelp}
          autoComplete="off"
          spellCheck={false}
          className="[&_input]:font-mono"
          autoFocus={printed === ''}
          error={errors.setupCode?.message}
          {...register('setupCode')}
        />
        <TextField
          label={words.firstRunPage.organization}
          placeholder={words.firstRunPage.placeholder}
          autoComplete="organization"
          autoFocus={printed !== ''}
          error={errors.organization?.message}
          {...register('organization')}
        />
        <TextField
          label={words.firstRunPage.name}
          autoComplete="name"
          error={errors.name?.message}
          {...register('name')}
        />
        <TextField
          label={words.firstRunPage.email}
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...register('email')}
        />
        <NewPasswordField
          label={words.firstRunPage.password}
          typed={password}
          error={errors.password?.message}
          {...register('password')}
        />
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.firstRunPage.createAccount}
        </Button>
      </form>
    </Alone>
  )
}
