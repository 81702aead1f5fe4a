import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { CodeField } from '../../components/fields/code-field.tsx'
import { CopyButton } from '../../components/values/copy-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { answered, loadAuth } from '../../lib/session/auth.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { QrCode } from './qr-code.tsx'
import { words } from './words.ts'

export interface Setup {
  /** `otpauth://totp/…`, with the secret. */
  uri: string
  codes: readonly string[]
}

/** The secret is entered in an app; a code proves that it is there. Until then nothing is switched on. */
export function TwoFactorSetup({
  setup,
  onDone,
  onCancel,
}: {
  setup: Setup
  onDone: () => Promise<unknown>
  onCancel: () => void
}) {
  const secret = new URL(setup.uri).searchParams.get('secret') ?? ''
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(z.object({ code: z.string().trim().min(1, words.twoFactorSetup.codeMissing) })),
    defaultValues: { code: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ code }) => {
    try {
      const { twoFactor } = await loadAuth()
      answered(await twoFactor.verifyTotp({ code: code.replaceAll(' ', '') }))
      await onDone()
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4 sm:grid-cols-[auto_minmax(0,1fr)]">
      <div className="size-fit rounded-lg border border-line bg-white p-2">
        <QrCode text={setup.uri} label={words.twoFactorSetup.qrCode} />
      </div>
      <div className="grid content-start gap-4">
        <p className="text-base">
          {words.twoFactorSetup.scan}{' '}
          <a href={setup.uri} className="rounded text-accent underline underline-offset-2">
            {words.twoFactorSetup.openInApp}
          </a>{' '}
          {words.twoFactorSetup.orType}
        </p>
        <div className="flex items-start gap-2 rounded-lg bg-sunken p-2.5">
          <code aria-label={words.twoFactorSetup.secret} className="min-w-0 flex-1 font-mono text-sm break-all">
            {secret}
          </code>
          <CopyButton label={words.twoFactorSetup.copySecret} read={() => secret} />
        </div>
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <CodeField help={words.twoFactorSetup.codeHelp} autoFocus error={errors.code?.message} {...register('code')} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.twoFactorSetup.turnOn}
          </Button>
          <Button onClick={onCancel}>{words.twoFactorSetup.cancel}</Button>
        </div>
      </div>
    </form>
  )
}
