import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Alone } from '../../components/brand.tsx'
import { CodeField } from '../../components/fields/code-field.tsx'
import { PasskeyButton } from '../../components/passkey-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { knowsPasskeys, verifyCode } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { lateResolver } from '../../lib/forms/late-resolver.ts'
import { safeRedirect } from '../../lib/session/safe-redirect.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { loadForms } from './load-forms.ts'
import { words } from './words.ts'

const checked = lateResolver(async () => (await loadForms()).secondFactor)

/** After the password, for accounts that ask for more. The server keeps for ten minutes who was asked. */
export function SecondFactorPage({ next }: { next: string | undefined }) {
  usePageTitle(words.secondFactorPage.title, false)
  const [kind, setKind] = useState<'app' | 'recovery'>('app')
  const navigate = useNavigate()
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  return (
    <Alone
      title={words.secondFactorPage.title}
      text={kind === 'app' ? words.secondFactorPage.appText : words.secondFactorPage.recoveryText}
    >
      <CodeForm key={kind} kind={kind} next={next} />
      {status.data?.signInWith.includes('passkey') === true && knowsPasskeys() && (
        <PasskeyButton onDone={() => navigate({ href: safeRedirect(next), replace: true })} />
      )}
      <div className="-mx-2.5 flex flex-wrap justify-between gap-2">
        <Button variant="ghost" size="sm" onClick={() => setKind(kind === 'app' ? 'recovery' : 'app')}>
          {kind === 'app' ? words.secondFactorPage.toRecovery : words.secondFactorPage.toApp}
        </Button>
        <Button asChild variant="ghost" size="sm">
          <Link to="/sign-in" search={next === undefined ? {} : { next }}>
            {words.secondFactorPage.back}
          </Link>
        </Button>
      </div>
    </Alone>
  )
}

function CodeForm({ kind, next }: { kind: 'app' | 'recovery'; next: string | undefined }) {
  const navigate = useNavigate()
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: checked,
    defaultValues: { code: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ code }) => {
    try {
      await verifyCode(kind, kind === 'app' ? code.replaceAll(' ', '') : code)
      await navigate({ href: safeRedirect(next), replace: true })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  const field = { autoFocus: true, error: errors.code?.message, ...register('code') }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      {kind === 'app' ? (
        <CodeField {...field} />
      ) : (
        <TextField
          label={words.secondFactorPage.recoveryCode}
          spellCheck={false}
          className="[&_input]:font-mono"
          {...field}
        />
      )}
      <Button type="submit" variant="primary" busy={isSubmitting}>
        {words.secondFactorPage.signIn}
      </Button>
    </form>
  )
}
