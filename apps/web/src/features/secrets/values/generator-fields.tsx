import { SelectField, TextField } from '../../../components/ui/field.tsx'
import { ALPHABETS, KEY_KINDS, type GeneratedKind, type GeneratorSettings } from './generate.ts'
import { words } from '../words.ts'

const KINDS: Record<GeneratedKind, string> = {
  text: words.generator.randomText,
  hex: words.generator.hex,
  base64: words.generator.base64,
  uuid: words.generator.uuid,
  pair: words.generator.keyPair,
}
const START_LENGTH = 32
const MAX_LENGTH = 4096
export const START: GeneratorSettings = {
  kind: 'text',
  length: START_LENGTH,
  alphabet: 'alphanumeric',
  keyKind: 'Ed25519',
}

const hasLength = ({ kind }: GeneratorSettings): boolean => kind !== 'uuid' && kind !== 'pair'
export const isSized = (settings: GeneratorSettings): boolean =>
  !hasLength(settings) || (Number.isInteger(settings.length) && settings.length >= 1 && settings.length <= MAX_LENGTH)

interface Props {
  settings: GeneratorSettings
  onChange: (settings: GeneratorSettings) => void
}

/** What kind of value is generated, and how long or of what it is. */
export function GeneratorFields({ settings, onChange }: Props) {
  const { kind, length, alphabet, keyKind } = settings
  return (
    <>
      <SelectField
        label={words.generator.kind}
        value={kind}
        onChange={({ target }) =>
          onChange({ ...settings, kind: chosen(namesOf(KINDS), target.value, kind), length: START_LENGTH })
        }
      >
        {namesOf(KINDS).map((each) => (
          <option key={each} value={each}>
            {KINDS[each]}
          </option>
        ))}
      </SelectField>
      {hasLength(settings) && (
        <TextField
          label={kind === 'text' ? words.generator.length : words.generator.bytes}
          type="number"
          min={1}
          max={MAX_LENGTH}
          value={Number.isNaN(length) ? '' : length}
          onChange={({ target }) => onChange({ ...settings, length: target.valueAsNumber })}
          error={isSized(settings) ? undefined : words.generator.lengthError(MAX_LENGTH)}
        />
      )}
      {kind === 'text' && (
        <SelectField
          label={words.generator.alphabet}
          value={alphabet}
          onChange={({ target }) =>
            onChange({ ...settings, alphabet: chosen(namesOf(ALPHABETS), target.value, alphabet) })
          }
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
          onChange={({ target }) => onChange({ ...settings, keyKind: chosen(KEY_KINDS, target.value, keyKind) })}
        >
          {KEY_KINDS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
      )}
    </>
  )
}

const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] => Object.keys(record) as Name[]

const chosen = <Name extends string>(names: readonly Name[], value: string, before: Name): Name =>
  names.find((each) => each === value) ?? before
