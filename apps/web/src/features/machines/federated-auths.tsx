import { FEDERATED_METHODS, type FederatedMethod } from '@keyferry/schemas'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { FEDERATED_FIELDS, FEDERATED_LABELS, textOf, TOKEN_DEFAULTS } from './federated-auth.ts'
import type { FederatedValues } from './federated-auth.ts'
import { FEDERATED_PRESETS } from './federated-presets.ts'
import { FederatedAuthForm } from './forms.tsx'
import type { Identity } from '../access/types.ts'
import { useFederatedAuth } from './use-federated-auth.ts'
import { words } from './words.ts'

/** How a machine signs in with tokens that its platform signs. */
export function FederatedAuths({ machine }: { machine: Identity }) {
  const [adding, setAdding] = useState(false)
  const attached = FEDERATED_METHODS.filter((method) => machine.authMethods.includes(method))
  return (
    <>
      {attached.map((method) => (
        <AttachedAuth key={method} identityId={machine.id} method={method} />
      ))}
      {attached.length < FEDERATED_METHODS.length && (
        <Section
          title={words.federatedAuths.title}
          text={words.federatedAuths.text}
          action={
            !adding && (
              <Button size="sm" onClick={() => setAdding(true)}>
                {words.federatedAuths.setUp}
              </Button>
            )
          }
        >
          {adding ? <NewAuth identityId={machine.id} attached={attached} onDone={() => setAdding(false)} /> : undefined}
        </Section>
      )}
    </>
  )
}

interface NewAuthProps {
  identityId: string
  attached: readonly FederatedMethod[]
  onDone: () => void
}

function NewAuth({ identityId, attached, onDone }: NewAuthProps) {
  const { attach } = useFederatedAuth(identityId)
  const presets = FEDERATED_PRESETS.filter(({ method }) => !attached.includes(method))
  const [label, setLabel] = useState(presets[0]?.label)
  const preset = presets.find((one) => one.label === label)
  if (!preset) return null
  const { method, values } = preset
  return (
    <div className="grid gap-4">
      <SelectField
        label={words.federatedAuths.platform}
        className="max-w-2xl"
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      >
        {presets.map((one) => (
          <option key={one.label}>{one.label}</option>
        ))}
      </SelectField>
      <FederatedAuthForm
        key={label}
        method={method}
        values={{ ...TOKEN_DEFAULTS, ...values }}
        action={words.federatedAuths.setUpMethod(FEDERATED_LABELS[method])}
        onSave={async (sent) => {
          await attach(method, sent)
          onDone()
        }}
        onCancel={onDone}
      />
    </div>
  )
}

function AttachedAuth({ identityId, method }: { identityId: string; method: FederatedMethod }) {
  const { auth, update, detach } = useFederatedAuth(identityId, method)
  const [state, setState] = useState<'shown' | 'changing' | 'removing'>('shown')
  if (auth?.error)
    return (
      <Failure
        what={words.federatedAuths.unreadable(FEDERATED_LABELS[method])}
        error={auth.error}
        retry={auth.refetch}
      />
    )
  if (!auth?.data) return <SkeletonRows label={words.federatedAuths.loading(FEDERATED_LABELS[method])} rows={3} />
  const values: FederatedValues = { ...auth.data }
  const label = FEDERATED_LABELS[method]
  return (
    <Section
      title={label}
      text={words.federatedAuths.changeConsequence}
      action={
        state === 'shown' && (
          <span className="flex gap-2">
            <Button size="sm" aria-label={words.federatedAuths.changeNamed(label)} onClick={() => setState('changing')}>
              {words.federatedAuths.change}
            </Button>
            <Button size="sm" aria-label={words.federatedAuths.removeNamed(label)} onClick={() => setState('removing')}>
              {words.federatedAuths.remove}
            </Button>
          </span>
        )
      }
    >
      {state === 'changing' ? (
        <FederatedAuthForm
          method={method}
          values={values}
          action={words.federatedAuths.save(label)}
          updatedAt={auth.data.updatedAt}
          onSave={async (sent, typed, over) => {
            await update(method, sent, { typed, ifUpdatedAt: over })
            setState('shown')
          }}
          onCancel={() => setState('shown')}
        />
      ) : (
        <dl className="grid gap-2 text-sm">
          {FEDERATED_FIELDS[method].map((field) => {
            const value = textOf(field, values[field.name])
            const text = field.options?.find(([option]) => option === value)?.[1] ?? value
            return text === '' ? null : (
              <div key={field.name} className="grid gap-x-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
                <dt className="text-soft">{field.label}</dt>
                <dd className="font-mono break-all whitespace-pre-line">{text}</dd>
              </div>
            )
          })}
        </dl>
      )}
      {state === 'removing' && (
        <Confirm
          title={words.federatedAuths.removeTitle(label)}
          label={words.federatedAuths.removeNamed(label)}
          onConfirm={() => detach(method)}
          onClose={() => setState('shown')}
        >
          <p>{words.federatedAuths.removeConsequence}</p>
        </Confirm>
      )}
    </Section>
  )
}
