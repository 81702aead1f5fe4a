import { useState } from 'react'
import { CopyButton } from '../../../components/values/copy-button.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { SelectField, TextField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import {
  ALPHABETS,
  generateKeyPair,
  KEY_KINDS,
  randomBase64,
  randomHex,
  randomText,
  type Alphabet,
  type KeyKind,
} from './generate.ts'
import { words } from '../words.ts'

const KINDS = {
  text: words.generator.randomText,
  hex: words.generator.hex,
  base64: words.generator.base64,
  uuid: words.generator.uuid,
  pair: words.generator.keyPair,
} as const
type Kind = keyof typeof KINDS
const LENGTHS: Record<Kind, number> = { text: 32, hex: 32, base64: 32, uuid: 0, pair: 0 }
const MAX_LENGTH = 4096

/** Puts a random value into the field. Of a key pair the private key; the public one can be copied here. */
export function Generator({ onGenerated, onClose }: { onGenerated: (value: string) => void; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('text')
  const [length, setLength] = useState(String(LENGTHS.text))
  const [alphabet, setAlphabet] = useState<Alphabet>('alphanumeric')
  const [keyKind, setKeyKind] = useState<KeyKind>('Ed25519')
  const [publicKey, setPublicKey] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const size = Number(length)
  const hasLength = LENGTHS[kind] > 0
  const isSized = Number.isInteger(size) && size >= 1 && size <= MAX_LENGTH
  const isBarred = !isSecureContext && (kind === 'uuid' || kind === 'pair')

  const generate = async () => {
    setProblem(undefined)
    try {
      if (kind === 'text') onGenerated(randomText(alphabet, size))
      else if (kind === 'hex') onGenerated(randomHex(size))
      else if (kind === 'base64') onGenerated(randomBase64(size))
      else if (kind === 'uuid') onGenerated(crypto.randomUUID())
      else {
        const pair = await generateKeyPair(keyKind)
        onGenerated(pair.privateKey)
        setPublicKey(pair.publicKey)
      }
    } catch (error) {
      setProblem(messageOf(error))
    }
  }
  return (
    <>
      <SelectField
        label={words.generator.kind}
        value={kind}
        onChange={({ target }) => {
          const next = (Object.keys(KINDS) as Kind[]).find((each) => each === target.value) ?? 'text'
          setKind(next)
          setLength(String(LENGTHS[next]))
          setPublicKey(undefined)
        }}
      >
        {Object.entries(KINDS).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {hasLength && (
        <TextField
          label={kind === 'text' ? words.generator.length : words.generator.bytes}
          type="number"
          min={1}
          max={MAX_LENGTH}
          value={length}
          onChange={({ target }) => setLength(target.value)}
          error={isSized ? undefined : words.generator.lengthError(MAX_LENGTH)}
        />
      )}
      {kind === 'text' && (
        <SelectField
          label={words.generator.alphabet}
          value={alphabet}
          onChange={({ target }) => setAlphabet(namesOf(ALPHABETS).find((each) => each === target.value) ?? alphabet)}
        >
          {namesOf(ALPHABETS).map((each) => (
            <option key={each} value={each}>
              {words.generator.alphabets[each]}
            </option>
          ))}
        </SelectField>
      )}
      {kind === 'pair' && (
        <SelectField
          label={words.generator.algorithm}
          help={words.generator.keyPairHelp}
          value={keyKind}
          onChange={({ target }) => setKeyKind(KEY_KINDS.find((each) => each === target.value) ?? keyKind)}
        >
          {KEY_KINDS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
      )}
      {isBarred && <p className="text-sm text-warn">{words.generator.httpsOnly}</p>}
      {problem !== undefined && (
        <Notice kind="bad" title={words.generator.failed}>
          {problem}
        </Notice>
      )}
      {publicKey !== undefined && (
        <div className="flex items-start gap-1">
          <code className="max-h-24 min-w-0 flex-1 overflow-auto rounded-md bg-sunken p-2 text-xs break-all whitespace-pre-wrap">
            {publicKey}
          </code>
          <CopyButton label={words.generator.copyPublicKey} read={() => publicKey} />
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {words.generator.close}
        </Button>
        <Button
          size="sm"
          variant="primary"
          disabled={isBarred || (hasLength && !isSized)}
          onClick={() => void generate()}
        >
          {words.generator.generate}
        </Button>
      </div>
    </>
  )
}

const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] => Object.keys(record) as Name[]
